// The person's theme holds in the console too; without one the system's does.
const theme = document.querySelector('meta[name="galley-theme"]')?.content;
if (theme) document.documentElement.dataset.theme = theme;
