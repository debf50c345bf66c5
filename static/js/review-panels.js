// Tabs of the inspector: all fields, those to check, the page's text, the history.
import { addressOf, currentPage, fetchPage, pageOf } from "./review-pages.js";
import { chooseBlock } from "./review-selection.js";
import { centre } from "./review-view.js";

const root = document.getElementById("review");
const fields = document.getElementById("fields");
// before there is a review, there is no history
const panels = Object.fromEntries(
  ["text", "history"].map((name) => [name, document.getElementById(`panel-${name}`)]).filter(([, panel]) => panel),
);
let tab = document.querySelector(".tabs [aria-current]")?.dataset.tab;

function show(name) {
  tab = name;
  for (const link of document.querySelectorAll("[data-tab]")) {
    if (link.dataset.tab === name) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  fields.hidden = name in panels;
  fields.dataset.show = name === "check" ? "check" : "all";
  for (const [key, panel] of Object.entries(panels)) panel.hidden = key !== name;
  load();
}

async function load() {
  if (tab === "history") fillPanel(panels.history, root.dataset.history);
  if (tab === "text") fillPanel(panels.text, `${addressOf(pageOf(currentPage()), "drawing")}text/`);
}

async function fillPanel(panel, url) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  if (answer.ok) panel.innerHTML = await answer.text();
}

async function showBlock(id) {
  const page = pageOf(id.slice(1).split("-")[0]);
  page.scrollIntoView({ block: "nearest", behavior: "instant" });
  await fetchPage(page);
  const rect = document.getElementById(id);
  if (!rect) return;
  chooseBlock(rect);
  centre(rect);
}

if (fields) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-tab]");
    if (link) {
      event.preventDefault();
      show(link.dataset.tab);
    }
    const block = event.target.closest("[data-block-id]");
    if (block) showBlock(block.dataset.blockId);
  });
  document.addEventListener("review:page", load);
  document.addEventListener("review:saved", () => tab === "history" && load());
}
