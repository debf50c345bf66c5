// From the page to a field: a box that a field uses chooses the field; any other box, or a region that is drawn, asks
// which field it is for.
import { focusField } from "./review-fields.js";
import { addressOf, pageOf } from "./review-pages.js";
import { canEdit, save } from "./review-save.js";
import { boxOf, chooseBlock, choosePlace, chosenField, fieldElement } from "./review-selection.js";

const viewer = document.getElementById("viewer");
const pop = document.getElementById("pop");
const search = pop?.querySelector("input");
const list = pop?.querySelector("ul");
const LEAST_DRAG = 6; // CSS pixels: less is a click
let taken = null; // {text, spans} to fill in
let asked = null; // the field that was chosen before

export function takeBlock(rect) {
  const page = Number(rect.closest(".page").dataset.page);
  const place = { page, bbox: boxOf(rect), text: rect.dataset.text, precision: rect.dataset.precision };
  if (rect.dataset.block) place.block = Number(rect.dataset.block);
  return { text: rect.dataset.text, spans: [place] };
}

export function fill(element, { text, spans }) {
  const pk = element.dataset.field;
  save({ [`value-${pk}`]: text, [`spans-${pk}`]: JSON.stringify(spans) });
  focusField(element);
}

function ask(found, anchor) {
  if (!pop || !canEdit() || !found.text) return;
  taken = found;
  pop.querySelector(".q span").textContent = found.text;
  search.value = "";
  offer("");
  pop.showPopover();
  const box = anchor.getBoundingClientRect();
  pop.style.setProperty("left", `${Math.max(8, Math.min(innerWidth - 300, box.left))}px`);
  pop.style.setProperty("top", `${Math.max(8, Math.min(innerHeight - pop.offsetHeight - 8, box.bottom + 8))}px`);
  search.focus();
}

// the field one came from first, then those that need a person, then the rest
function offer(letters) {
  const fits = (element) => element.dataset.label.toLowerCase().includes(letters.toLowerCase());
  const rank = (element) => (element === asked ? 0 : element.hasAttribute("data-check") ? 1 : 2);
  const cells = asked?.matches("td") ? [asked] : [];
  const fields = [...cells, ...document.querySelectorAll(".f")].filter(fits).sort((a, b) => rank(a) - rank(b));
  list.replaceChildren(...fields.map(option));
  choose(list.firstElementChild);
}

function option(element, number) {
  const item = document.createElement("li");
  const value = document.createElement("span");
  item.id = `pop-${number}`;
  item.setAttribute("role", "option");
  item.dataset.for = element.dataset.field;
  value.textContent = element.querySelector("input,select").value || list.dataset.empty;
  item.append(element.dataset.label, value);
  return item;
}

function choose(item) {
  list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  item?.setAttribute("aria-selected", "true");
  item?.scrollIntoView({ block: "nearest" });
  if (item) search.setAttribute("aria-activedescendant", item.id);
}

function use(item) {
  pop.hidePopover();
  const element = item && fieldElement(item.dataset.for);
  if (element) fill(element, taken);
}

pop?.addEventListener("input", () => offer(search.value));
pop?.addEventListener("keydown", (event) => {
  const now = list.querySelector("[aria-selected=true]");
  if (event.key === "ArrowDown") choose(now?.nextElementSibling ?? list.firstElementChild);
  else if (event.key === "ArrowUp") choose(now?.previousElementSibling ?? list.lastElementChild);
  else if (event.key === "Enter") use(now);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
pop?.addEventListener("click", (event) => use(event.target.closest("li")));

viewer.addEventListener("click", (event) => {
  const rect = event.target.closest(".blk");
  if (!rect || dragged) return;
  const linked = rect.dataset.link && fieldElement(rect.dataset.link);
  if (linked) return focusField(linked);
  asked = chosenField();
  chooseBlock(rect);
  ask(takeBlock(rect), rect);
});

let start = null;
let band = null;
let dragged = false;

function toPage(page, event) {
  const layer = page.querySelector(".turned");
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(layer.getScreenCTM().inverse());
  return [point.x, point.y];
}

viewer.addEventListener("pointerdown", (event) => {
  dragged = false;
  const page = event.target.closest(".page");
  if (event.button || event.pointerType === "touch" || !page?.querySelector(".turned")) return;
  start = { page, at: toPage(page, event), x: event.clientX, y: event.clientY };
});
viewer.addEventListener("pointermove", (event) => {
  if (!start) return;
  if (!band && Math.hypot(event.clientX - start.x, event.clientY - start.y) < LEAST_DRAG) return;
  if (!band) {
    asked = chosenField();
    viewer.setPointerCapture(event.pointerId);
  }
  band = order(start.at, toPage(start.page, event));
  choosePlace(Number(start.page.dataset.page), band);
});
viewer.addEventListener("pointerup", () => {
  if (start && band) {
    dragged = true;
    takeRegion(start.page, band);
  }
  start = band = null;
});
viewer.addEventListener("pointercancel", () => (start = band = null));

function order([ax, ay], [bx, by]) {
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}

async function takeRegion(page, [x0, y0, x1, y1]) {
  const query = new URLSearchParams({ x0, y0, x1, y1 });
  const answer = await fetch(`${addressOf(page, "drawing")}region/?${query}`);
  const found = answer.ok ? await answer.json() : { text: "", spans: [] };
  if (!found.text) {
    document.querySelector(".status .txt").textContent = document.getElementById("review").dataset.nothingThere;
    return;
  }
  choosePlace(found.spans[0].page, found.spans[0].bbox);
  ask(found, viewer.querySelector(".sel.ring") ?? pageOf(found.spans[0].page));
}
