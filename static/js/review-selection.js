// What is chosen: a field with its place, or a block. Its box is drawn on the page, its crop under the input.
import { addressOf, fetchPage, pageOf } from "./review-pages.js";
import { centre, getTurn, getZoom, setZoom } from "./review-view.js";

const viewer = document.getElementById("viewer");
const root = document.getElementById("review");
const SVG = "http://www.w3.org/2000/svg";
const PAGE_WIDTH = 760;
const SMALL = 11; // CSS pixels: a lower box is zoomed to
let field = null; // id of the chosen field's value
let hit = 0; // which of its places
let place = null; // {page, box: [x0, y0, x1, y1], label}

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  return element;
}

export function fieldElement(pk) {
  return document.querySelector(`[data-field="${pk}"]`);
}

export function chosenField() {
  return field && fieldElement(field);
}

export function chosenPlace() {
  return place;
}

export function spansOf(element) {
  return JSON.parse(element?.dataset.spans || "[]");
}

export async function chooseField(element, { follow = true, which = 0 } = {}) {
  mark(element);
  hit = which;
  const spans = spansOf(element);
  const span = spans[which % (spans.length || 1)];
  place = span ? { page: span[0], box: span.slice(1, 5), block: span[5], label: element.dataset.label } : null;
  showCrop(element);
  announce(element);
  if (!place) return clear();
  if (follow) await reveal();
  else drawPlace();
}

export function nextHit() {
  const element = chosenField();
  if (element) chooseField(element, { which: hit + 1 });
}

export function chooseBlock(rect) {
  mark(null);
  const box = boxOf(rect);
  place = { page: Number(rect.closest(".page").dataset.page), box, block: Number(rect.dataset.block), label: "" };
  drawPlace();
  status(rect.dataset.word, place.page, rect.dataset.percent, rect.dataset.text);
}

export function boxOf(rect) {
  const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)));
  return [x, y, x + width, y + height];
}

export function choosePlace(page, box) {
  place = { page, box, label: "" };
  drawPlace();
}

function mark(element) {
  document.querySelector("[data-active]")?.removeAttribute("data-active");
  for (const crop of document.querySelectorAll(".evi:not([hidden])")) crop.setAttribute("hidden", "");
  field = element?.dataset.field ?? null;
  element?.setAttribute("data-active", "");
  const row = element?.closest("tr");
  document.querySelector("tr[data-on]")?.removeAttribute("data-on");
  row?.setAttribute("data-on", "");
}

export async function reveal() {
  const page = place && pageOf(place.page);
  if (!page) return;
  drawPlace();
  if (!page.hasAttribute("data-drawn")) {
    const drawn = fetchPage(page);
    if (!ring()) {
      page.scrollIntoView({ block: "nearest", behavior: "instant" });
      await drawn;
      drawPlace();
    }
  }
  const box = ring();
  if (!box) return;
  const height = box.getBoundingClientRect().height;
  if (height && height < SMALL) setZoom((getZoom() * 16) / height);
  centre(ring());
}

function ring() {
  return viewer.querySelector(".sel.ring");
}

export function zoomToPlace() {
  const box = ring()?.getBoundingClientRect();
  if (!box) return;
  const wanted = Math.min((viewer.clientWidth * 0.7) / box.width, (viewer.clientHeight * 0.4) / box.height);
  setZoom(Math.min(3.2, getZoom() * wanted));
  centre(ring());
}

function clear() {
  viewer.querySelector(".selg")?.remove();
  viewer.classList.remove("has-sel");
}

function drawPlace() {
  clear();
  const page = place && pageOf(place.page);
  // an empty shell shows the box at once; its drawing follows
  const layer = page?.querySelector(".turned") ?? (getTurn() ? null : page?.querySelector("svg"));
  if (!layer) return;
  viewer.classList.add("has-sel");
  const unit = Number(page.dataset.width) / (PAGE_WIDTH * getZoom()); // page units of one CSS pixel
  const [x0, y0, x1, y1] = place.box;
  const gap = 2.5 * unit;
  const rect = { x: x0 - gap, y: y0 - gap, width: x1 - x0 + 2 * gap, height: y1 - y0 + 2 * gap, rx: 3 * unit };
  const group = make("g", { class: "selg" });
  for (const kind of ["wash", "halo", "ring"]) group.append(make("rect", { ...rect, class: `sel ${kind}` }));
  if (place.label && !getTurn()) group.append(tag(rect, unit, Number(page.dataset.width)));
  layer.append(group);
}

// the field's name beside its box, always as large on the screen
function tag(rect, unit, pageWidth) {
  const wide = [...place.label].reduce((sum, sign) => sum + (sign > "\u2e80" ? 12 : 6.8), 14);
  const [width, height, gap] = [wide * unit, 20 * unit, 7 * unit];
  let [x, y] = [rect.x + rect.width + gap, rect.y + rect.height / 2 - height / 2];
  if (x + width > pageWidth - 4) x = rect.x - gap - width;
  if (x < 4) [x, y] = [rect.x, rect.y - height - gap];
  const group = make("g", { class: "tag" });
  const text = make("text", { x: x + 7 * unit, y: y + 14 * unit, "font-size": 11.5 * unit });
  text.textContent = place.label;
  group.append(make("rect", { x, y, width, height, rx: 4 * unit }), text);
  return group;
}

function showCrop(element) {
  const crop = element?.querySelector(".evi");
  if (!crop || !place) return;
  const page = pageOf(place.page);
  if (!page) return;
  const [x0, y0, x1, y1] = place.box;
  const high = Math.max((y1 - y0) * 1.9, Number(page.dataset.width) / 40);
  const wide = (high * (crop.parentElement.clientWidth - 126)) / 46;
  const left = x1 - x0 > wide ? x0 - high * 0.2 : Math.max(0, x0 - high * 0.25);
  const width = Math.max(wide, x1 - x0 + high * 0.4);
  crop.setAttribute("viewBox", `${left} ${(y0 + y1) / 2 - high / 2} ${width} ${high}`);
  const size = { width: page.dataset.width, height: page.dataset.height, preserveAspectRatio: "none" };
  crop.replaceChildren(
    make("image", { href: addressOf(page, "image"), ...size }),
    make("rect", { x: x0, y: y0, width: x1 - x0, height: y1 - y0, class: "found" }),
  );
  crop.removeAttribute("hidden");
}

function announce(element) {
  if (!element || !place) return status(root.dataset.noBlock);
  const input = element.querySelector("input,select");
  status(element.dataset.label, place.page, "", input?.value);
}

function status(word, page, percent, text = "") {
  const parts = [word, page && root.dataset.pageWord.replace("%number", page), percent && `${percent}%`].filter(Boolean);
  document.querySelector(".status .meta").textContent = parts.join(" · ");
  document.querySelector(".status .txt").textContent = text;
}

// every value's place on a page is a box of its own, above the blocks
function drawLinks(page) {
  const layer = page.querySelector(".links");
  if (!layer) return;
  const number = Number(page.dataset.page);
  const links = [];
  for (const element of document.querySelectorAll("[data-field][data-spans]")) {
    for (const [at, x0, y0, x1, y1] of spansOf(element)) {
      if (at !== number || element.closest("td")) continue;
      const rect = make("rect", {
        class: "blk t-field linked", x: x0 - 1, y: y0 - 1, width: x1 - x0 + 2, height: y1 - y0 + 2, rx: 1.5,
        role: "button", tabindex: -1, "aria-label": element.dataset.label, "data-link": element.dataset.field,
      });
      links.push(rect);
    }
  }
  layer.replaceChildren(...links);
}

document.addEventListener("review:drawn", (event) => {
  drawLinks(event.target);
  if (place?.page === Number(event.target.dataset.page)) drawPlace();
});
document.addEventListener("review:zoomed", () => place && drawPlace());
document.addEventListener("review:turned", () => ring() && centre(ring()));
document.addEventListener("review:saved", () => {
  for (const page of viewer.querySelectorAll("[data-drawn]")) drawLinks(page);
  const element = chosenField();
  if (element && !element.hasAttribute("data-active")) chooseField(element, { follow: false, which: hit });
});
