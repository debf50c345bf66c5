// One document is chosen or dropped anywhere on the page, and sent at once.

const form = document.querySelector("[data-sample-file]");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector("[data-drop]");
const chosen = form.querySelector("[data-chosen]");

function send() {
  if (!input.files.length) return;
  // with the password asked for, the person sends it
  chosen.textContent = chosen.dataset.sending.replace("%name", input.files[0].name);
  form.requestSubmit();
}

const bringsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

input.addEventListener("change", send);
document.addEventListener("dragover", (event) => {
  if (!bringsFiles(event)) return;
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  if (!bringsFiles(event)) return;
  event.preventDefault();
  drop.classList.remove("over");
  const transfer = new DataTransfer();
  transfer.items.add(event.dataTransfer.files[0]);
  input.files = transfer.files;
  send();
});
