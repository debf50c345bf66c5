// Files are dropped anywhere on the page; the place that asks for them is marked while they hang over it.

const bringsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

export function takeDropped(place, take) {
  document.addEventListener("dragover", (event) => {
    if (!bringsFiles(event)) return;
    event.preventDefault();
    place.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) place.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    if (!bringsFiles(event)) return;
    event.preventDefault();
    place.classList.remove("over");
    take(event.dataTransfer);
  });
}
