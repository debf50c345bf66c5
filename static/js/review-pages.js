// Pages are empty shells of the right shape; near the viewport their drawing is fetched, far away it is dropped.

const viewer = document.getElementById("viewer");
const shells = new Map([...viewer.querySelectorAll(".page")].map((page) => [Number(page.dataset.page), page]));
const wanted = new WeakMap();
const drawings = new WeakMap(); // the HTML of each page that is drawn

// the address of a page's drawing or image: "drawing", "image" or "large"
export function addressOf(page, what) {
  return viewer.dataset[what].replace("/pages/0/", `/pages/${page.dataset.page}/`);
}

export function pageOf(number) {
  return shells.get(Number(number));
}

export function pageCount() {
  return shells.size;
}

export function fetchPage(page) {
  if (wanted.has(page)) return wanted.get(page).done;
  const stop = new AbortController();
  const done = fetch(addressOf(page, "drawing"), { signal: stop.signal })
    .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer.status)))
    .then((html) => draw(page, html))
    .catch(() => wanted.get(page)?.stop === stop && wanted.delete(page));
  wanted.set(page, { stop, done });
  return done;
}

function draw(page, html) {
  if (page.hasAttribute("data-drawn") && drawings.get(page) === html) return;
  drawings.set(page, html);
  page.innerHTML = html;
  page.toggleAttribute("data-drawn", true);
  page.classList.toggle("fail", Boolean(page.querySelector("[data-failed]")));
  globalThis.htmx?.process(page);
  const svg = page.querySelector("svg:not(.load)");
  if (svg?.viewBox.baseVal && !page.classList.contains("fail")) {
    page.dataset.width = svg.viewBox.baseVal.width;
    page.dataset.height = svg.viewBox.baseVal.height;
    shape(page);
  }
  page.dispatchEvent(new CustomEvent("review:drawn", { bubbles: true }));
}

// a page that was read meanwhile; one far away is drawn when it comes near
export function redraw(page) {
  const isOnScreen = wanted.has(page);
  wanted.get(page)?.stop.abort();
  wanted.delete(page);
  return isOnScreen ? fetchPage(page) : null;
}

function drop(page) {
  wanted.get(page)?.stop.abort();
  wanted.delete(page);
  if (!page.hasAttribute("data-drawn") || page.classList.contains("fail")) return;
  page.removeAttribute("data-drawn");
  page.innerHTML = `<svg viewBox="0 0 ${page.dataset.width} ${page.dataset.height}" aria-hidden="true"></svg>`;
  page.dispatchEvent(new CustomEvent("review:dropped", { bubbles: true }));
}

function whenNear(entries) {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) fetchPage(target);
  }
}

function whenFar(entries) {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) drop(target);
  }
}

// a shape of its own lets the browser leave out what is inside a far page
function shape(page) {
  page.style.setProperty("--shape", `${page.dataset.width} / ${page.dataset.height}`);
}

const near = new IntersectionObserver(whenNear, { root: viewer, rootMargin: "60% 0%" });
const far = new IntersectionObserver(whenFar, { root: viewer, rootMargin: "400% 0%" });
for (const page of shells.values()) {
  shape(page);
  near.observe(page);
  far.observe(page);
}

// thumbs come after the first page, and only those that are seen
const rail = document.querySelector(".rail");
const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    target.src = target.dataset.thumb;
    seen.unobserve(target);
  }
}, { root: rail, rootMargin: "50px 0px" });
export function showThumb(thumb) {
  seen.observe(thumb.querySelector("[data-thumb]"));
}

function showThumbs() {
  for (const thumb of rail.querySelectorAll('.thumb[data-state="done"]')) showThumb(thumb);
}

document.addEventListener("review:drawn", showThumbs, { once: true });
if (viewer.querySelector('.page:not([data-state="done"])')) showThumbs();

// the page that fills the middle of the viewer is the current one
export function currentPage() {
  const box = viewer.getBoundingClientRect();
  const found = document.elementFromPoint(box.left + box.width / 2, box.top + box.height * 0.4)?.closest(".page");
  return Number((found ?? shells.get(current) ?? shells.get(1))?.dataset.page ?? 1);
}

let current = 1;
let due = 0;

function showCurrent() {
  due = 0;
  const number = currentPage();
  if (number === current) return;
  current = number;
  document.querySelector(".thumb[aria-current]")?.removeAttribute("aria-current");
  const thumb = document.querySelector(`.thumb[data-goto="${number}"]`);
  thumb?.setAttribute("aria-current", "page");
  thumb?.scrollIntoView({ block: "nearest" });
  const input = document.getElementById("goto");
  if (input !== document.activeElement) input.value = number;
  viewer.dispatchEvent(new CustomEvent("review:page", { bubbles: true, detail: number }));
}

viewer.addEventListener("scroll", () => (due ||= requestAnimationFrame(showCurrent)), { passive: true });

export function goToPage(number) {
  const page = pageOf(Math.min(Math.max(1, number || 1), shells.size));
  if (!page) return;
  fetchPage(page);
  viewer.scrollTo({ top: page.offsetTop - 12, behavior: "instant" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-goto]");
  if (!link) return;
  event.preventDefault();
  goToPage(Number(link.dataset.goto));
});

document.getElementById("goto").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  goToPage(Number.parseInt(event.target.value, 10));
  viewer.focus({ preventScroll: true });
});
document.getElementById("goto").addEventListener("focus", (event) => event.target.select());
