// The documentation page: copies an example, and folds the contents away where there is little room.

for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const text = document.getElementById(button.dataset.copy).textContent;
  const word = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // without a secure address there is no clipboard: mark the text for the keyboard
    getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
    return;
  }
  button.textContent = button.dataset.done;
  setTimeout(() => { button.textContent = word; }, 1500);
});

const narrow = matchMedia("(max-width: 900px)");
const contents = document.querySelector("[data-contents]");
contents.open = !narrow.matches;
narrow.addEventListener("change", () => { contents.open = !narrow.matches; });
