// Zoom is one custom property on the viewer; boxes stay in page units. Turning changes each page's viewBox.
import { addressOf, currentPage, pageOf } from "./review-pages.js";

const viewer = document.getElementById("viewer");
const label = document.querySelector(".zoomv");
const PAGE_WIDTH = 760; // CSS pixels of a page at 100 %, as in review.css
const SMALLEST = 0.25;
const LARGEST = 4;
const SHARP_FROM = 1.7; // beyond it the larger image is asked for
let zoom = 1;
let turn = 0;

export function getZoom() {
  return zoom;
}

export function getTurn() {
  return turn;
}

// keeps the point of the page that stands in the middle where it is
export function setZoom(wanted) {
  const page = pageOf(currentPage());
  const before = page?.getBoundingClientRect();
  const middle = viewer.getBoundingClientRect();
  const at = before && {
    x: (middle.left + middle.width / 2 - before.left) / before.width,
    y: (middle.top + middle.height / 2 - before.top) / before.height,
  };
  zoom = Math.min(LARGEST, Math.max(SMALLEST, wanted));
  viewer.style.setProperty("--zoom", zoom);
  label.textContent = `${Math.round(zoom * 100)} %`;
  if (page) {
    const after = page.getBoundingClientRect();
    viewer.scrollBy({
      left: after.left + at.x * after.width - middle.left - middle.width / 2,
      top: after.top + at.y * after.height - middle.top - middle.height / 2,
      behavior: "instant",
    });
  }
  sharpen(page);
  viewer.dispatchEvent(new CustomEvent("review:zoomed", { bubbles: true }));
}

export function fitWidth() {
  const page = pageOf(currentPage());
  const stretch = page ? Number(page.style.getPropertyValue("--k") || 1) : 1;
  setZoom((viewer.clientWidth - 36) / PAGE_WIDTH / stretch);
}

function sharpen(page) {
  if (zoom < SHARP_FROM || !page) return;
  page.querySelector("image")?.setAttribute("href", addressOf(page, "large"));
}

export function turnPages() {
  turn = (turn + 90) % 360;
  for (const page of viewer.querySelectorAll(".page")) show(page);
  viewer.dispatchEvent(new CustomEvent("review:zoomed", { bubbles: true }));
  viewer.dispatchEvent(new CustomEvent("review:turned", { bubbles: true }));
}

function show(page) {
  const width = Number(page.dataset.width);
  const height = Number(page.dataset.height);
  const lies = turn % 180 === 90;
  page.style.setProperty("--k", lies ? height / width : 1);
  page.style.setProperty("--shape", lies ? `${height} / ${width}` : `${width} / ${height}`);
  page.querySelector("svg")?.setAttribute("viewBox", lies ? `0 0 ${height} ${width}` : `0 0 ${width} ${height}`);
  const moved = {
    0: "",
    90: `translate(${height} 0) rotate(90)`,
    180: `translate(${width} ${height}) rotate(180)`,
    270: `translate(0 ${width}) rotate(270)`,
  };
  page.querySelector(".turned")?.setAttribute("transform", moved[turn]);
}

export function centre(element) {
  const box = element.getBoundingClientRect();
  const frame = viewer.getBoundingClientRect();
  viewer.scrollBy({
    left: box.left + box.width / 2 - frame.left - frame.width / 2,
    top: box.top + box.height / 2 - frame.top - frame.height * 0.42,
    behavior: "instant",
  });
}

const VIEWS = {
  in: () => setZoom(zoom * 1.2),
  out: () => setZoom(zoom / 1.2),
  fit: fitWidth,
  turn: turnPages,
};

export function view(name) {
  VIEWS[name]();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-view]");
  if (button) view(button.dataset.view);
});
document.addEventListener("change", (event) => {
  if (!event.target.matches(".legend input")) return;
  const hidden = [...document.querySelectorAll(".legend input:not(:checked)")];
  viewer.dataset.hide = hidden.map((input) => input.value).join(" ");
});
viewer.addEventListener("wheel", (event) => {
  if (!event.ctrlKey) return;
  event.preventDefault();
  setZoom(zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
}, { passive: false });
document.addEventListener("review:drawn", (event) => {
  if (turn) show(event.target);
  if (zoom >= SHARP_FROM && currentPage() === Number(event.target.dataset.page)) sharpen(event.target);
});
document.addEventListener("review:dropped", (event) => turn && show(event.target));

if (viewer.clientWidth < 800) fitWidth();
