// Line items: arrows go by column, Ctrl+D copies from above, a spreadsheet's cells can be pasted.
import { inputOf, nextIssue, saveText } from "./review-fields.js";
import { canEdit, save } from "./review-save.js";

function neighbour(cell, by) {
  const row = by < 0 ? cell.parentElement.previousElementSibling : cell.parentElement.nextElementSibling;
  return row?.cells[cell.cellIndex];
}

function go(cell, by) {
  const next = inputOf(neighbour(cell, by));
  next?.focus();
  next?.select();
  return Boolean(next);
}

function copyFromAbove(cell) {
  const above = inputOf(neighbour(cell, -1));
  if (!above || !canEdit()) return;
  inputOf(cell).value = above.value;
  saveText(cell);
}

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest("td.cell");
  if (!cell) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    go(cell, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    saveText(cell, { confirm: cell.hasAttribute("data-check") });
    if (cell.hasAttribute("data-check")) nextIssue(1, { without: cell });
    else go(cell, 1);
  } else if (event.key === "Escape") {
    event.target.value = event.target.defaultValue;
  } else if (event.key.toLowerCase() === "d" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    copyFromAbove(cell);
  }
});

// an added row is ready to be typed into
document.addEventListener("click", (event) => {
  const table = event.target.closest("[data-act=add-row]")?.closest(".grid").id;
  if (!table) return;
  const focusLast = () => inputOf(document.querySelector(`#${table} tbody tr:last-child td.cell`))?.focus();
  document.addEventListener("review:saved", focusLast, { once: true });
});

document.addEventListener("paste", (event) => {
  const cell = event.target.closest("td.cell");
  const text = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "");
  if (!cell || !canEdit() || !/[\t\n]/.test(text)) return;
  event.preventDefault();
  const changes = {};
  let row = cell.parentElement;
  for (const line of text.split(/\r?\n/)) {
    line.split("\t").forEach((value, at) => {
      const input = inputOf(row?.cells[cell.cellIndex + at]);
      if (input) changes[input.name] = value;
    });
    row = row?.nextElementSibling;
  }
  save(changes);
});
