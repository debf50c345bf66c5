// Whoever is at work keeps the lock: a sign of life goes out at most every two minutes, and none when nobody moves.
import { csrfToken } from "./csrf.js";
import { canEdit } from "./review-save.js";

const root = document.getElementById("review");
const PAUSE = 120_000;
let last = Date.now();

function renew() {
  if (Date.now() - last < PAUSE) return;
  last = Date.now();
  fetch(root.dataset.lock, { method: "POST", headers: { "X-CSRFToken": csrfToken() } }).catch(() => {});
}

if (canEdit() && root.dataset.lock) {
  for (const sign of ["pointerdown", "keydown", "wheel"]) document.addEventListener(sign, renew, { passive: true });
}
