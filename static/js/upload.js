// Files are dropped, chosen or pasted; each is a request of its own, three at a time. What became of them, the
// server's list tells; sentences come from the form's data attributes and from the server's answers.
import { csrfToken } from "./csrf.js";
import { takeDropped } from "./drop.js";

const PARALLEL = 3;
const MIB = 1024 * 1024;
const form = document.querySelector("[data-upload-form]");
const input = form.querySelector("input[type=file]");
const drop = form.querySelector("[data-drop]");
const rows = document.querySelector("[data-upload-rows]");
const rowTemplate = document.querySelector("[data-upload-row]");
const said = document.querySelector("[data-upload-said]");
const count = document.querySelector("[data-upload-count]");
const dialog = document.getElementById("password-dialog");
const words = form.dataset;
const jobs = new Map(); // row -> {row, file, state, request, password, again}

const part = (row, name) => row.querySelector(`[data-part=${name}]`);
const fill = (text, values) => text.replace(/%([a-z]+)/g, (all, name) => values[name] ?? all);

function figure(number, options) {
  const digits = { maximumFractionDigits: number < 10 ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, { ...digits, ...options }).format(number);
}

const megabytes = (bytes) => figure(bytes / MIB);

function size(bytes) {
  const unit = bytes < MIB ? "kilobyte" : "megabyte";
  return figure(bytes < MIB ? bytes / 1024 : bytes / MIB, { style: "unit", unit });
}

function addFile(file, problem) {
  const row = rowTemplate.content.firstElementChild.cloneNode(true);
  const job = { row, file, state: "waiting", password: "", again: false };
  row.querySelector(".n").textContent = file.name;
  part(row, "size").textContent = size(file.size);
  jobs.set(row, job);
  rows.prepend(row);
  problem ||= file.size === 0 ? words.empty : file.size > Number(words.limit) ? words.tooLarge : "";
  if (problem) refuse(job, { text: problem, code: "not_sent" });
  else wait(job);
}

function wait(job) {
  show(job, "waiting");
  part(job.row, "figures").textContent = words.waiting;
  job.row.querySelector("progress").value = 0;
  sendNext();
}

function show(job, state) {
  job.state = state;
  job.row.dataset.state = state;
  const remove = job.row.querySelector("[data-act=remove]");
  const label = state === "sending" || state === "waiting" ? remove.dataset.cancelLabel : remove.dataset.label;
  remove.setAttribute("aria-label", fill(label, { name: job.file.name }));
  countRows();
}

function sendNext() {
  const all = [...jobs.values()];
  const free = PARALLEL - all.filter((job) => job.state === "sending").length;
  // rows are newest first, turns go to the oldest
  all.filter((job) => job.state === "waiting").slice(0, Math.max(0, free)).forEach(send);
}

function send(job) {
  const request = (job.request = new XMLHttpRequest());
  const body = new FormData();
  body.set("template", form.elements.template.value);
  if (form.elements.parse_account) body.set("parse_account", form.elements.parse_account.value);
  body.set("password", job.password);
  if (job.again) body.set("again", "on");
  body.set("files", job.file, job.file.name);
  job.password = "";
  job.started = performance.now();
  show(job, "sending");
  request.upload.addEventListener("progress", (event) => progressed(job, event));
  request.addEventListener("load", () => answered(job, request));
  request.addEventListener("error", () => refuse(job, { text: words.broken, code: "broken" }));
  request.addEventListener("loadend", sendNext);
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.send(body);
}

function progressed(job, { loaded, total }) {
  const percent = Math.min(100, Math.floor((100 * loaded) / total));
  const seconds = (performance.now() - job.started) / 1000;
  const left = Math.ceil(((total - loaded) / loaded) * seconds);
  const figures = fill(words.figures, { percent: `${percent}%`, done: megabytes(loaded), total: megabytes(total) });
  const timed = seconds > 2 && left > 1 ? `${figures} · ${fill(words.left, { seconds: left })}` : figures;
  job.row.querySelector("progress").value = percent;
  part(job.row, "figures").textContent = loaded < total ? timed : words.checking;
}

function answered(job, request) {
  let answer = {};
  try {
    answer = JSON.parse(request.responseText);
  } catch {
    answer = { text: words.unexpected, code: "unexpected" };
  }
  if (request.status === 201) return taken(job);
  refuse(job, answer);
}

async function taken(job) {
  show(job, "taken");
  part(job.row, "figures").textContent = "";
  said.textContent = fill(words.taken, { name: job.file.name });
  await refresh().catch(() => {});
  forget(job);
}

// not htmx.ajax(): the list may be swapped by its own polling while the answer is on its way
async function refresh() {
  const answer = await fetch(document.getElementById("upload-status").dataset.url, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const list = document.createRange().createContextualFragment(await answer.text()).firstElementChild;
  document.getElementById("upload-status").replaceWith(list);
  window.htmx.process(list);
}

function refuse(job, { text, code, existing }) {
  const isSame = code === "same_bytes";
  job.row.dataset.code = code;
  for (const place of job.row.querySelectorAll("[data-part=text]")) place.textContent = text;
  if (isSame) part(job.row, "existing").href = existing;
  show(job, isSame ? "same" : "refused");
  said.textContent = `${job.file.name}: ${text}`;
}

function forget(job) {
  jobs.delete(job.row);
  job.row.remove();
  countRows();
}

function countRows() {
  const number = document.querySelectorAll(".up-list > .up").length;
  count.textContent = fill(number === 1 ? count.dataset.one : count.dataset.many, { count: number });
}

const acts = {
  remove(job) {
    job.request?.abort();
    forget(job);
    input.focus({ preventScroll: true });
    sendNext();
  },
  retry: wait,
  again(job) {
    job.again = true;
    wait(job);
  },
  password(job) {
    dialog.job = job;
    part(dialog, "name").textContent = job.file.name;
    dialog.querySelector("input").value = "";
    dialog.showModal();
  },
};

rows.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (button) acts[button.dataset.act](jobs.get(button.closest(".up")));
});

dialog.addEventListener("submit", (event) => {
  const field = event.target.querySelector("input");
  dialog.job.password = field.value;
  field.value = "";
  wait(dialog.job);
});

document.querySelector("[data-upload-clear]").addEventListener("click", () => {
  for (const row of [...rows.querySelectorAll(".up")]) {
    const job = jobs.get(row);
    if (!job) row.remove();
    else if (job.state === "refused" || job.state === "same") forget(job);
  }
});

input.addEventListener("change", () => {
  for (const file of input.files) addFile(file);
  input.value = "";
});

takeDropped(drop, (dropped) => {
  for (const item of dropped.items) {
    const file = item.getAsFile();
    if (file) addFile(file, item.webkitGetAsEntry?.()?.isDirectory ? words.folder : "");
  }
});

// a picture from the clipboard is always called image.png
function pastedName(file) {
  const time = new Date().toLocaleString("sv").replaceAll(":", ".");
  return new File([file], `${words.pasted} ${time}.${file.name.split(".").pop()}`, { type: file.type });
}

document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length) event.preventDefault();
  for (const file of files) addFile(/^image\.\w+$/.test(file.name) ? pastedName(file) : file);
});

document.addEventListener("htmx:afterSwap", countRows);
addEventListener("beforeunload", (event) => {
  if ([...jobs.values()].some((job) => job.state === "sending" || job.state === "waiting")) event.preventDefault();
});
