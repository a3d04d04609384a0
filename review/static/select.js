// Selecting rows: the bar says what is chosen and which acts fit it. Without scripts the same form works by its buttons.

import { bind, isTyping } from "/static/keys.js";
import { cursorRow, moveBy } from "/static/queue.js";

const form = document.querySelector("[data-select].can-select");
const boxes = form ? [...form.querySelectorAll("[data-pick]")] : [];
const bar = form?.querySelector("[data-bar]");
const rowOf = (box) => box.closest("[data-row]");
const chosen = () => boxes.filter((box) => box.checked);
let last = -1;

const distinct = (rows, name) => new Set(rows.map((row) => row.dataset[name]));

// Violations go together only for one mark, and one title or one seller: the server checks the same again.
function isOneGroup(rows) {
  return distinct(rows, "same").size === 1 && (distinct(rows, "alike").size === 1 || distinct(rows, "seller").size === 1);
}

function refresh() {
  const rows = chosen().map(rowOf);
  bar.hidden = rows.length === 0;
  for (const box of boxes) rowOf(box).classList.toggle("is-selected", box.checked);
  if (rows.length === 0) return;
  const count = rows.reduce((sum, row) => sum + Number(row.dataset.size), 0);
  const number = new Intl.NumberFormat(document.documentElement.lang);
  bar.querySelector("[data-count]").textContent = `${bar.getAttribute("aria-label")}: ${number.format(count)}`;
  const few = (name) => (distinct(rows, name).size > 3 ? "" : [...distinct(rows, name)].join(", "));
  bar.querySelector("[data-spread]").textContent = [few("brand"), few("market")].filter(Boolean).map((text) => `· ${text}`).join(" ");
  const violation = bar.querySelector("[data-act=y]");
  violation.toggleAttribute("disabled", !isOneGroup(rows));
}

function toggle(index, checked) {
  if (index < 0) return;
  boxes[index].checked = checked;
  last = index;
  refresh();
}

if (form) {
  const all = form.querySelector("[data-all]");
  all?.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    refresh();
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick]")) toggle(boxes.indexOf(event.target), event.target.checked);
  });
  form.addEventListener("reset", () => setTimeout(refresh));
  window.addEventListener("pageshow", refresh);
  refresh();

  const current = () => boxes.findIndex((box) => rowOf(box) === cursorRow());
  bind(["x"], () => toggle(current(), !boxes[current()]?.checked));
  bind(["X"], () => {
    const to = current();
    const from = last < 0 ? to : last;
    for (let index = Math.min(from, to); index <= Math.max(from, to); index += 1) boxes[index].checked = true;
    last = to;
    refresh();
  });
  bind(["a"], () => {
    if (chosen().length === 0) toggle(current(), true);
    bar.querySelector("[data-act=a]").click();
  });
  for (const key of ["y", "n", "u"]) {
    bind([key], () => {
      const button = bar.querySelector(`[data-act=${key}]`);
      if (chosen().length === 0) return moveBy.open(button.value);
      button.click();
      return true;
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || isTyping(event.target) || chosen().length === 0) return;
    event.stopImmediatePropagation();
    form.reset();
    for (const box of boxes) box.checked = false;
    refresh();
  }, true);
}
