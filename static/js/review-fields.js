// Going through the fields: the page follows the focus, Enter accepts and goes to the next that needs a person.
import { canEdit, save } from "./review-save.js";
import { chooseField, chosenField, fieldElement, nextHit } from "./review-selection.js";

const WORK = ".f, td.cell";

export function inputOf(element) {
  return element?.querySelector("input,select");
}

function isShown(element) {
  return element.offsetParent !== null;
}

export function focusField(element) {
  const input = inputOf(element);
  input?.focus({ preventScroll: true });
  input?.select?.();
  element?.scrollIntoView({ block: "nearest" });
}

export function step(by) {
  const rows = [...document.querySelectorAll(".f")].filter(isShown);
  const at = rows.indexOf(chosenField());
  focusField(rows[(at + by + rows.length) % rows.length]);
}

// the next after the chosen one, fields before cells; then from the start; then the button that approves
export function nextIssue(by = 1, { without = null } = {}) {
  const all = [...document.querySelectorAll(".f"), ...document.querySelectorAll("td.cell")].filter(isShown);
  const open = all.filter((element) => element.hasAttribute("data-check") && element !== without);
  if (!open.length) return document.getElementById("approve-button")?.focus();
  const from = all.indexOf(chosenField());
  const order = by > 0 ? open : open.toReversed();
  const next = order.find((element) => (all.indexOf(element) - from) * by > 0) ?? order[0];
  focusField(next);
}

export function saveText(element, { confirm = false } = {}) {
  const input = inputOf(element);
  if (!canEdit() || !input) return;
  if (isDirty(input)) {
    input.dataset.sent = input.value;
    return save({ [input.name]: input.value });
  }
  if (confirm) return save({ action: `confirm:${element.dataset.field}` });
}

function isDirty(input) {
  if (input.dataset.sent === input.value) return false;
  if (input.tagName !== "SELECT") return input.value !== input.defaultValue;
  return !input.selectedOptions[0]?.defaultSelected;
}

export function act(name) {
  const element = chosenField();
  if (element && canEdit()) save({ action: `${name}:${element.dataset.field}` });
}

// moving on does not wait for the server; a typed value that turns out broken calls the person back
async function accept(element) {
  const { field } = element.dataset;
  const isTyped = isDirty(inputOf(element));
  const saved = saveText(element, { confirm: element.hasAttribute("data-check") });
  nextIssue(1, { without: element });
  if (!isTyped) return;
  await saved;
  const here = document.activeElement;
  const isBusy = here.matches("input,select") && isDirty(here);
  if (!isBusy && fieldElement(field)?.dataset.state === "broken") focusField(fieldElement(field));
}

function revert(input) {
  if (input.tagName !== "SELECT") input.value = input.defaultValue;
  input.blur();
  document.getElementById("viewer").focus({ preventScroll: true });
}

// a row that opens moves those below it: while a pointer is down that waits, or the click would miss its target
let isDown = false;
let waiting = null;

function choose(element) {
  waiting = null;
  if (element?.isConnected && element !== chosenField()) chooseField(element);
}

document.addEventListener("pointerdown", () => (isDown = true), true);
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    isDown = false;
    if (waiting) setTimeout(() => choose(waiting));
  }, true);
}
document.addEventListener("focusin", (event) => {
  const element = event.target.closest(WORK);
  if (!element) return;
  if (isDown) waiting = element;
  else choose(element);
});
document.addEventListener("change", (event) => {
  const element = event.target.closest(WORK);
  if (element) saveText(element);
});
document.addEventListener("review:settle", (event) => {
  const element = event.target.closest(WORK);
  if (element) saveText(element);
});
document.addEventListener("keydown", (event) => {
  const element = event.target.closest(".f");
  if (!element || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter" && event.target.matches("input,select")) {
    event.preventDefault();
    accept(element);
  } else if (event.key === "Escape" && event.target.matches("input,select")) {
    event.preventDefault();
    revert(event.target);
  }
});

// buttons of a field or row: a value to use, or an act
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[form=sheet]");
  if (!button) {
    if (event.target.closest("[data-hit]")) nextHit();
    if (event.target.closest("[data-go=next-issue]")) nextIssue();
    return;
  }
  event.preventDefault();
  if (!canEdit()) return;
  const places = button.dataset.spansJson;
  const changes = { [button.name]: button.value };
  if (places) changes[`spans-${button.dataset.use}`] = places;
  save(changes);
  const element = button.closest(".f");
  if (button.dataset.act === "confirm" && element) nextIssue(1, { without: element });
});
document.addEventListener("click", (event) => {
  const row = event.target.closest(".f");
  if (row && !event.target.closest("button,input,select,label")) focusField(row);
  const link = event.target.closest("[data-focus]");
  if (link) {
    event.preventDefault();
    focusField(fieldElement(link.dataset.focus));
  }
  if (event.target.closest("[data-keep-theirs]")) event.target.closest(".conflict").remove();
});

const wide = matchMedia("(min-width: 761px)");
if (wide.matches && canEdit() && !location.hash && document.querySelector(".f[data-check]")) nextIssue();
