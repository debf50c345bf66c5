// Every change is saved at once, one after the other, with the version that the page shows. The answer is the parts of
// the page that changed; each takes the place of the part with its id, and what is being typed stays.
import { csrfToken } from "./csrf.js";

const root = document.getElementById("review");
let line = Promise.resolve();
let unsaved = 0;
let refusals = 0;

export function canEdit() {
  return root.dataset.canEdit === "yes";
}

export function save(changes) {
  const body = changes instanceof FormData ? changes : toForm(changes);
  return enqueue(() => send(root.dataset.save, body));
}

// a form that ends the review waits for the saves before it, and is dropped when one of them is refused
function finish(url, body) {
  const known = refusals;
  return enqueue(() => refusals === known && send(url, body));
}

function enqueue(work) {
  unsaved += 1;
  line = line.catch(() => {}).then(work).finally(() => (unsaved -= 1));
  return line;
}

function toForm(changes) {
  const body = new FormData();
  for (const [name, value] of Object.entries(changes)) body.set(name, value);
  return body;
}

async function send(url, body, tries = 0) {
  body.set("version", document.getElementById("review-state").dataset.version);
  let answer;
  try {
    answer = await fetch(url, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() } });
  } catch {
    return again(url, body, tries);
  }
  if (answer.status >= 500) return again(url, body, tries);
  const next = answer.headers.get("HX-Redirect");
  if (next) return leave(next, answer.ok);
  if (!answer.ok) refusals += 1;
  const isExplained = answer.status === 409 || answer.status === 422;
  if (answer.ok || isExplained) apply(await answer.text());
  say(answer.ok ? root.dataset.saved : isExplained ? "" : root.dataset.saveRefused);
  if (isExplained) showNotice();
  document.dispatchEvent(new CustomEvent("review:saved", { detail: answer.status }));
  return answer.status;
}

// the change stays in this tab until the server has it
function again(url, body, tries) {
  say(root.dataset.saveFailed);
  const pause = Math.min(10000, 500 * 2 ** tries);
  return new Promise((wake) => setTimeout(wake, pause)).then(() => send(url, body, tries + 1));
}

function say(text) {
  document.getElementById("saved").textContent = text;
}

// who was signed out is asked first, since the change is in this tab only
function leave(url, isSaved) {
  if (isSaved) unsaved = 0;
  location.assign(url);
}

function showNotice() {
  document.getElementById("review-notice").scrollIntoView({ block: "nearest" });
}

function apply(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const part of [...holder.content.children]) {
    if (part.id === "tab-counts") showCounts(part.dataset);
    else replace(part);
  }
  for (const input of document.querySelectorAll("[data-version-input]")) {
    input.value = document.getElementById("review-state").dataset.version;
  }
}

function replace(part) {
  const old = document.getElementById(part.id);
  if (!old) return;
  const typed = old.contains(document.activeElement) ? keep(document.activeElement) : null;
  const scrolled = old.querySelector(".scroll")?.scrollTop;
  old.replaceWith(part);
  if (scrolled) part.querySelector(".scroll").scrollTop = scrolled;
  if (typed) giveBack(typed, part);
}

function keep(element) {
  const isDirty = "defaultValue" in element && element.value !== element.defaultValue;
  const isSent = element.value === element.dataset.sent;
  return {
    id: element.id,
    value: isDirty && !isSent ? element.value : null,
    from: element.selectionStart,
    to: element.selectionEnd,
  };
}

// a button that is gone gives its focus to the input beside it
function giveBack({ id, value, from, to }, part) {
  const element = (id && document.getElementById(id)) || part.querySelector("input,select,button");
  if (!element) return;
  if (value !== null && element.id === id) element.value = value;
  element.focus({ preventScroll: true });
  if (typeof from === "number" && element.id === id) element.setSelectionRange(from, to);
}

function showCounts({ all, check, pages }) {
  for (const [name, count] of [["all", all], ["check", check]]) {
    document.querySelector(`[data-tab="${name}"] .c`).textContent = count;
  }
  const counts = JSON.parse(pages);
  for (const badge of document.querySelectorAll(".badge")) {
    const count = counts[badge.dataset.badge];
    const number = badge.querySelector(".n");
    if (!count) number?.remove();
    else if (number) number.lastChild.textContent = ` ${count}`;
  }
}

addEventListener("beforeunload", (event) => unsaved > 0 && event.preventDefault());

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-step]");
  if (!form) return;
  event.preventDefault();
  document.activeElement?.dispatchEvent(new CustomEvent("review:settle", { bubbles: true }));
  form.closest("dialog")?.close();
  finish(form.action, new FormData(form));
});
