// Keeps chosen rows over a refresh, the clock of the last refresh, and the list on one page when filters change.

const chosen = new Set();

function boxes() {
  return document.querySelectorAll('#queue-table input[name="documents"]');
}

function remember(box) {
  if (box.checked) chosen.add(box.value);
  else chosen.delete(box.value);
}

document.addEventListener("change", (event) => {
  if (event.target.matches('#queue-table input[name="documents"]')) remember(event.target);
});

document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.detail.target.id !== "queue-table") return;
  for (const box of boxes()) box.checked = chosen.has(box.value);
});

// unchanged answers (204) bring no new fragment, only the time
document.addEventListener("htmx:afterRequest", (event) => {
  const time = event.detail.xhr?.getResponseHeader("X-Galley-Time");
  const shown = document.querySelector("[data-updated]");
  if (time && shown && shown.textContent !== time) shown.textContent = time;
});


for (const box of boxes()) remember(box);
