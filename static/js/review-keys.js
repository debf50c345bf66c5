// The keys of the page. Single letters act only outside inputs and can be switched off.
import { act, nextIssue, step } from "./review-fields.js";
import { grab } from "./review-grab.js";
import { currentPage, goToPage } from "./review-pages.js";
import { canEdit, save } from "./review-save.js";
import { chosenField, zoomToPlace } from "./review-selection.js";
import { fitWidth, view } from "./review-view.js";

const STORED = "galley-letters-off";
const letters = document.getElementById("letters");

function open(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

const SINGLE = {
  n: () => nextIssue(1),
  N: () => nextIssue(-1),
  j: () => step(1),
  k: () => step(-1),
  f: grab,
  x: () => act("absent"),
  z: zoomToPlace,
  "+": () => view("in"),
  "=": () => view("in"),
  "-": () => view("out"),
  0: fitWidth,
  r: () => view("turn"),
  "[": () => goToPage(currentPage() - 1),
  "]": () => goToPage(currentPage() + 1),
  g: () => document.getElementById("goto").focus(),
  p: () => open("postpone-dialog"),
  e: () => open("escalate-dialog"),
  "?": () => open("keys-dialog"),
};

function isTyping(target) {
  return target.matches("input:not([type=checkbox]),textarea,select") || Boolean(target.closest("dialog,[popover]"));
}

function approve(event) {
  event.preventDefault();
  (document.getElementById("approve-anyway") ?? document.getElementById("approve"))?.requestSubmit();
}

// an input's own undo comes first while it holds something that is not saved
function undo(event) {
  const { target } = event;
  if (target.matches("input,textarea") && target.value !== target.defaultValue) return;
  if (target.closest("dialog") || !canEdit() || document.getElementById("undo")?.disabled) return;
  event.preventDefault();
  save({ action: "undo" });
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key === "Enter") return document.querySelector("dialog[open]") ? null : approve(event);
  if (command && event.key.toLowerCase() === "z" && !event.shiftKey) return undo(event);
  if (command || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (letters && !letters.checked && event.key !== "Escape") return;
  const run = SINGLE[event.key] ?? SINGLE[event.key.toLowerCase()];
  if (!run) return;
  event.preventDefault();
  run();
});

// Escape outside an input gives the chosen field its focus back
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || isTyping(event.target)) return;
  chosenField()?.querySelector("input,select")?.focus({ preventScroll: true });
});

if (letters) {
  letters.checked = localStorage.getItem(STORED) === null;
  letters.addEventListener("change", () => {
    if (letters.checked) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, "1");
  });
}
