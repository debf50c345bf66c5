// A proposal and its boxes on the page point at each other; what is left out is drawn faintly.

const sample = document.getElementById("sample");
const count = sample.querySelector("[data-count]");

const boxesOf = (key) => sample.querySelectorAll(`rect[data-of="${key}"]`);
const rowOf = (element) => element.closest?.("[data-proposal]");

function activate(row, { follow = false } = {}) {
  for (const other of sample.querySelectorAll("[data-proposal][data-active]")) other.removeAttribute("data-active");
  for (const box of sample.querySelectorAll("rect.linked")) box.classList.remove("linked");
  if (!row) return;
  row.setAttribute("data-active", "");
  const boxes = [...boxesOf(row.dataset.proposal)];
  for (const box of boxes) box.classList.add("linked");
  if (follow) (boxes.find((box) => box.matches(".t-field")) ?? boxes[0])?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

sample.addEventListener("focusin", (event) => {
  const row = rowOf(event.target);
  if (row) activate(row, { follow: true });
});

sample.addEventListener("pointerover", (event) => {
  const row = rowOf(event.target);
  if (row && !row.hasAttribute("data-active")) activate(row);
});

sample.addEventListener("click", (event) => {
  const box = event.target.closest("rect[data-of]");
  const row = box && document.getElementById(box.dataset.of);
  if (!row) return;
  row.scrollIntoView({ block: "nearest" });
  row.querySelector(".take").focus({ preventScroll: true });
});

sample.addEventListener("change", (event) => {
  if (!event.target.matches(".take")) return;
  for (const box of boxesOf(rowOf(event.target).dataset.proposal)) box.toggleAttribute("data-out", !event.target.checked);
  const ticks = [...sample.querySelectorAll(".take")];
  const taken = ticks.filter((tick) => tick.checked).length;
  count.textContent = count.dataset.words.replace("%taken", taken).replace("%total", ticks.length);
});

sample.querySelector("[data-status=wrong] [aria-invalid]")?.focus();
