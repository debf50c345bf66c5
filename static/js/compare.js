// The comparison: the keys walk through the fields, the chosen one's boxes are fetched by htmx and scrolled to.
const LETTERS_OFF = "galley-letters-off"; // as on the review page: single letters can be switched off
const values = document.getElementById("compare-values");

function shownLinks(differing) {
  const links = [...document.querySelectorAll(differing ? "[data-choose][data-differs]" : "[data-choose]")];
  return links.filter((link) => link.offsetParent);
}

function mark(link) {
  document.querySelector("[data-choose][aria-current]")?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  const address = new URL(link.href);
  address.hash = "";
  history.replaceState(null, "", address);
}

function walk(steps, { differing = false } = {}) {
  const links = shownLinks(differing);
  if (!links.length) return;
  const current = document.querySelector("[data-choose][aria-current]");
  let at = links.indexOf(current);
  if (at < 0) at = before(links, current, steps);
  const wanted = differing ? (at + steps + links.length) % links.length : at + steps;
  const link = links[Math.min(links.length - 1, Math.max(0, wanted))];
  if (link === current) return;
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: "nearest" });
  link.click();
}

// where to start from when the current field is not one of the links: the place that it would have among them
function before(links, current, steps) {
  const following = links.findIndex(
    (link) => current && current.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  if (following < 0) return steps > 0 ? links.length - 1 : links.length;
  return steps > 0 ? following - 1 : following;
}

const KEYS = {
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
};
const LETTERS = {
  d: () => walk(1, { differing: true }),
  D: () => walk(-1, { differing: true }),
};

// inputs keep their keys, and what scrolls by the arrows goes on scrolling
function isElsewhere(target) {
  return Boolean(target.closest("input,select,textarea,dialog,details,.sheets,.scroll:focus"));
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isElsewhere(event.target)) return;
  const run = KEYS[event.key] ?? (localStorage.getItem(LETTERS_OFF) === null ? LETTERS[event.key] : null);
  if (!run || !values) return;
  event.preventDefault();
  run();
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-choose]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) mark(link);
  const only = event.target.closest("[data-only-switch]");
  if (only) switchOnly(event, only);
});

function switchOnly(event, link) {
  event.preventDefault();
  const on = values.toggleAttribute("data-only");
  if (on) link.setAttribute("aria-current", "true");
  else link.removeAttribute("aria-current");
  const address = new URL(location.href);
  if (on) address.searchParams.set("only", "1");
  else address.searchParams.delete("only");
  history.replaceState(null, "", address);
}

// the first box stands in the middle of the page's window
function showBox() {
  const sheets = document.querySelector(".sheets");
  const box = sheets?.querySelector("[data-box]");
  if (!box) return;
  const [inside, frame] = [box.getBoundingClientRect(), sheets.getBoundingClientRect()];
  sheets.scrollBy({ top: inside.top + inside.height / 2 - frame.top - frame.height / 2, behavior: "instant" });
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "compare-place") showBox();
});
showBox();
