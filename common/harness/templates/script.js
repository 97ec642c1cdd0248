"use strict";
const form = document.querySelector(".filters");
const output = form.querySelector("output");

function applyFilter() {
  const wanted = Object.fromEntries(new FormData(form));
  const text = wanted.text.trim().toLowerCase();
  const fits = (item) =>
    (!wanted.verdict || item.dataset.verdict === wanted.verdict) &&
    (!wanted.data || item.dataset.data === wanted.data) &&
    (!text || item.dataset.search.includes(text));
  let shown = 0, all = 0;
  for (const paper of document.querySelectorAll(".paper")) {
    paper.hidden = Boolean(wanted.paper) && paper.dataset.paper !== wanted.paper;
    let here = 0;
    for (const row of paper.querySelectorAll(".numbers tbody tr")) {
      row.hidden = !fits(row);
      here += row.hidden ? 0 : 1;
      all += 1;
    }
    shown += paper.hidden ? 0 : here;
    for (const item of paper.querySelectorAll(".forest li")) item.hidden = !fits(item);
    const none = paper.querySelector(".none");
    if (none) none.hidden = here > 0;
  }
  output.textContent = shown === all ? `${all} numbers` : `${shown} of ${all} numbers`;
}

function sortBy(header, button) {
  const table = header.closest("table");
  const up = header.getAttribute("aria-sort") !== "ascending";
  for (const other of table.querySelectorAll("thead th")) other.setAttribute("aria-sort", "none");
  header.setAttribute("aria-sort", up ? "ascending" : "descending");
  const column = header.cellIndex, numeric = header.dataset.kind === "number";
  const key = (row) => {
    const cell = row.cells[column];
    return numeric ? parseFloat(cell.dataset.key) : cell.textContent.trim();
  };
  const absent = (value) => (numeric ? Number.isNaN(value) : value === "");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, value: key(row) }));
  rows.sort((a, b) => {
    if (absent(a.value) || absent(b.value)) return absent(a.value) - absent(b.value);
    const order = numeric ? a.value - b.value : a.value.localeCompare(b.value, "en", { numeric: true });
    return up ? order : -order;
  });
  body.append(...rows.map((item) => item.row));
}

function openTarget() {
  const id = decodeURIComponent(location.hash.slice(1));
  const run = id && document.getElementById(id);
  if (run && run.tagName === "DETAILS") { run.open = true; run.scrollIntoView(); }
}

for (const header of document.querySelectorAll("table.sortable thead th")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = header.textContent;
  button.addEventListener("click", () => sortBy(header, button));
  header.replaceChildren(button);
  header.setAttribute("aria-sort", "none");
}
form.hidden = false;
for (const kind of ["input", "change"]) form.addEventListener(kind, applyFilter);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(applyFilter));
addEventListener("hashchange", openTarget);
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
applyFilter();
openTarget();
