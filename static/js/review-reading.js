// While pages are read, the fragment that polls tells how each stands; those that changed are drawn anew in place.
import { currentPage, pageCount, pageOf, redraw, showThumb } from "./review-pages.js";

const rail = document.querySelector(".rail");
let known = marks();
let wasPolling = isPolling();

function fragment() {
  return document.getElementById("review-progress");
}

function marks() {
  return fragment()?.dataset.pages.split(" ").filter(Boolean) ?? [];
}

function isPolling() {
  return fragment()?.hasAttribute("hx-get") ?? false;
}

function follow() {
  const told = marks();
  // the pages were counted meanwhile
  if (told.length && told.length !== pageCount()) return location.reload();
  told.forEach((mark, at) => mark !== known[at] && change(at + 1, mark));
  // the end of a reading changes blocks of pages that were there already
  if (wasPolling && !isPolling()) told.forEach((_, at) => redraw(pageOf(at + 1)));
  known = told;
  wasPolling = isPolling();
}

function change(number, mark) {
  const [state, version, work] = mark.split(".");
  const seen = work || (state === "pending" ? "left" : state);
  const page = pageOf(number);
  page.dataset.state = seen;
  tell(rail.querySelector(`[data-goto="${number}"]`), seen, version);
  redraw(page);
}

function tell(thumb, seen, version) {
  thumb.dataset.state = seen;
  thumb.title = rail.dataset[seen] ?? "";
  thumb.querySelector("[data-word]").textContent = thumb.title;
  if (seen !== "done") return;
  const image = thumb.querySelector("[data-thumb]");
  image.dataset.thumb = `${image.dataset.thumb.split("?")[0]}?v=${version}`;
  showThumb(thumb);
}

document.addEventListener("htmx:afterSettle", () => fragment() && follow());

// where the person is goes along, so that the review opens there when it comes
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt !== fragment() || detail.verb !== "get") return;
  detail.parameters.page = currentPage();
  if (document.querySelector('.tabs [data-tab="text"][aria-current]')) detail.parameters.tab = "text";
});

// the page menu begins with the page on the screen, and closes when it has asked
const menu = document.querySelector("[data-page-menu]");
menu?.addEventListener("toggle", () => menu.open && (menu.querySelector("[name=number]").value = currentPage()));
document.addEventListener("htmx:afterRequest", (event) => {
  if (!menu?.contains(event.detail.elt)) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
