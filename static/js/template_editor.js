// The editor posts itself at every step and comes back in its new order; this keeps focus, what was unfolded, and
// warns before unsaved fields are left.

const unfolded = new Set();
let changed = false;

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("#template-editor details")) return;
  if (event.target.open) unfolded.add(event.target.id);
  else unfolded.delete(event.target.id);
}, true);

document.addEventListener("input", (event) => {
  if (event.target.closest("#template-editor")) changed = true;
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id === "template-editor") changed = true;
});

document.addEventListener("htmx:afterSwap", () => {
  const editor = document.getElementById("template-editor");
  if (!editor) return;
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  const wrong = editor.querySelector(".field[data-status=wrong] :is(input, select, textarea)");
  const wanted = editor.dataset.focus ? document.getElementById(editor.dataset.focus) : wrong;
  const place = wanted?.disabled ? wanted.parentElement.querySelector("button:not([disabled])") : wanted;
  place?.focus();
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Redirect")) changed = false;
});

window.addEventListener("beforeunload", (event) => {
  if (changed && document.getElementById("template-editor")) event.preventDefault();
});

// Enter in an input saves nothing by accident: the first button of the form would
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("#template-editor input:not([type=checkbox])")) event.preventDefault();
});
