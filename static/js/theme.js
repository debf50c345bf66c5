// Light and dark at once; the form's request goes out in the background, and without this module it is a plain form.

const dark = matchMedia("(prefers-color-scheme: dark)");

function current() {
  return document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-switch]");
  if (!form) return;
  event.preventDefault();
  const theme = current() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  const body = new FormData(form);
  body.set("theme", theme);
  body.delete("next");
  fetch(form.action, { method: "POST", body, redirect: "manual" });
});
