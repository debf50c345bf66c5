// Grabbing by keys: F leads from a field to the page; arrows walk the blocks in reading order, right goes into the
// words of a block, letters jump to the next block that holds them, Enter fills the field and returns to it.
import { fill, takeBlock } from "./review-fill.js";
import { focusField } from "./review-fields.js";
import { addressOf, currentPage, fetchPage, pageOf } from "./review-pages.js";
import { canEdit } from "./review-save.js";
import { chooseBlock, choosePlace, chosenField, chosenPlace, fieldElement } from "./review-selection.js";
import { centre } from "./review-view.js";

const viewer = document.getElementById("viewer");
const LETTERS_LAST = 900; // milliseconds between letters of one search
let target = null; // primary key of the field's value to fill
let words = null; // {list, at, page} inside a block
let letters = "";
let lastLetter = 0;

export async function grab() {
  const element = chosenField();
  if (!element || !canEdit()) return;
  target = element.dataset.field;
  const number = chosenPlace()?.page ?? currentPage();
  await fetchPage(pageOf(number));
  const boxes = blocksOf(number);
  const place = chosenPlace();
  const first = place && boxes.find((box) => Number(box.dataset.block) === place.block);
  viewer.dataset.grab = "";
  show(first ?? boxes[0]);
}

function blocksOf(number) {
  return [...(pageOf(number)?.querySelectorAll(".blocks .blk:not(.outline)") ?? [])];
}

function show(rect) {
  if (!rect) return;
  words = null;
  rect.focus({ preventScroll: true });
  chooseBlock(rect);
  centre(viewer.querySelector(".sel.ring") ?? rect);
}

async function walk(by) {
  const rect = document.activeElement.closest(".blk");
  const number = Number(rect?.closest(".page").dataset.page ?? currentPage());
  const boxes = blocksOf(number);
  const next = boxes[boxes.indexOf(rect) + by];
  if (next) return show(next);
  const page = pageOf(number + by);
  if (!page) return;
  page.scrollIntoView({ block: "nearest", behavior: "instant" });
  await fetchPage(page);
  const others = blocksOf(number + by);
  show(by > 0 ? others[0] : others.at(-1));
}

async function intoWords(by) {
  const rect = document.activeElement.closest(".blk");
  if (!words && by > 0 && rect) words = await wordsOf(rect);
  else if (words) words.at += by;
  if (!words?.list.length || words.at < 0) return show(rect);
  words.at = Math.min(words.at, words.list.length - 1);
  const [text, ...box] = words.list[words.at];
  choosePlace(words.page, box.slice(0, 4));
  document.querySelector(".status .txt").textContent = text;
}

async function wordsOf(rect) {
  const page = rect.closest(".page");
  const answer = await fetch(`${addressOf(page, "drawing")}words/`);
  if (!answer.ok) return null;
  const x0 = Number(rect.getAttribute("x"));
  const y0 = Number(rect.getAttribute("y"));
  const x1 = x0 + Number(rect.getAttribute("width"));
  const y1 = y0 + Number(rect.getAttribute("height"));
  const inside = ([, a, b, c, d]) => (a + c) / 2 > x0 && (a + c) / 2 < x1 && (b + d) / 2 > y0 && (b + d) / 2 < y1;
  return { list: (await answer.json()).words.filter(inside), at: 0, page: Number(page.dataset.page) };
}

function seek(letter) {
  const now = performance.now();
  letters = now - lastLetter > LETTERS_LAST ? letter : letters + letter;
  lastLetter = now;
  const rect = document.activeElement.closest(".blk");
  const boxes = blocksOf(Number(rect?.closest(".page").dataset.page ?? currentPage()));
  const from = boxes.indexOf(rect) + (letters.length === 1 ? 1 : 0);
  const holds = (box) => box.dataset.text.toLowerCase().includes(letters.toLowerCase());
  const found = [...boxes.slice(from), ...boxes.slice(0, from)].find(holds);
  if (found) show(found);
}

function take() {
  const rect = document.activeElement.closest(".blk");
  const element = target && fieldElement(target);
  if (!rect || !element) return end();
  if (!words) fill(element, takeBlock(rect));
  else {
    const [text, x0, y0, x1, y1, block] = words.list[words.at];
    fill(element, { text, spans: [{ page: words.page, bbox: [x0, y0, x1, y1], text, block, precision: "word" }] });
  }
  stop();
}

function stop() {
  delete viewer.dataset.grab;
  target = words = null;
}

function end() {
  const element = target && fieldElement(target);
  stop();
  if (element) focusField(element);
}

const KEYS = {
  ArrowDown: () => walk(1),
  ArrowUp: () => walk(-1),
  ArrowRight: () => intoWords(1),
  ArrowLeft: () => intoWords(-1),
  Enter: take,
  Escape: end,
};

viewer.addEventListener("keydown", (event) => {
  const grabbing = "grab" in viewer.dataset;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (!grabbing) return browse(event);
  const run = KEYS[event.key] ?? (event.key.length === 1 && (() => seek(event.key)));
  if (!run) return;
  event.preventDefault();
  event.stopPropagation();
  run();
});

// without a field to fill, the viewer is one stop whose blocks the arrows reach from Enter on
function browse(event) {
  const rect = event.target.closest(".blk");
  if (event.key === "Enter") {
    event.preventDefault();
    if (rect) rect.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    else show(blocksOf(currentPage())[0]);
  } else if (rect && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    walk(event.key === "ArrowDown" ? 1 : -1);
  } else if (rect && event.key === "Escape") viewer.focus({ preventScroll: true });
}
