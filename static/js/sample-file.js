// One document is chosen or dropped anywhere on the page, and sent at once.
import { takeDropped } from "./drop.js";

const form = document.querySelector("[data-sample-file]");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector("[data-drop]");
const chosen = form.querySelector("[data-chosen]");

function send() {
  if (!input.files.length) return;
  chosen.textContent = chosen.dataset.sending.replace("%name", input.files[0].name);
  form.requestSubmit();
}

input.addEventListener("change", send);
takeDropped(drop, (dropped) => {
  const transfer = new DataTransfer();
  transfer.items.add(dropped.files[0]);
  input.files = transfer.files;
  send();
});
