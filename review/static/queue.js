// Moving through the queue: the cursor changes the background only, so nothing jumps. Row and scroll survive going back.

import { bind } from "/static/keys.js";

const rows = [...document.querySelectorAll("[data-row]")];
const remembered = `cursor ${location.pathname}${location.search}`;
let cursor = -1;

export const cursorRow = () => rows[cursor] ?? null;

function moveTo(index, scroll = true) {
  if (rows.length === 0) return;
  rows[cursor]?.classList.remove("is-cursor");
  rows[cursor]?.removeAttribute("aria-current");
  cursor = Math.max(0, Math.min(rows.length - 1, index));
  const row = rows[cursor];
  row.classList.add("is-cursor");
  row.setAttribute("aria-current", "true");
  if (scroll) row.scrollIntoView({ block: "nearest" });
  sessionStorage.setItem(remembered, String(cursor));
}

function open(verdict) {
  const link = rows[cursor]?.querySelector("[data-open]");
  if (!link) return false;
  const address = new URL(link.href);
  if (verdict) address.searchParams.set("decide", verdict);
  location.assign(address);
  return true;
}

export const moveBy = { open };

bind(["j", "ArrowDown"], () => moveTo(cursor + 1));
bind(["k", "ArrowUp"], () => moveTo(cursor - 1));
bind(["o"], () => open());
bind(["Enter"], (event) => (event.target.closest("a, button, summary, input") ? false : open()));
bind(["y"], () => open("violation"));
bind(["n"], () => open("no_violation"));
bind(["u"], () => open("unsure"));
bind(["e"], () => {
  const link = rows[cursor]?.querySelector("[data-group]");
  if (!link) return false;
  link.click();
  return true;
});
bind(["s"], () => document.querySelector("[data-start]")?.click());
bind(["v"], () => document.querySelector("[data-save]")?.click());
bind(["f"], () => {
  const menu = document.querySelector("[data-filters]");
  if (!menu) return false;
  menu.open = true;
  menu.querySelector("summary").focus();
  return true;
});
for (const view of document.querySelectorAll("[data-view]")) bind([view.dataset.view], () => view.click());

rows.forEach((row, index) => row.addEventListener("focusin", () => moveTo(index)));
// Nothing scrolls at first: the browser puts the page where it was when one comes back.
moveTo(Number(sessionStorage.getItem(remembered) ?? 0), false);
