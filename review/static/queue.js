// Moving through the queue: the cursor changes the background only, so nothing jumps.

import { bind } from "/static/keys.js";

const rows = [...document.querySelectorAll("[data-row]")];
const remembered = `cursor ${location.pathname}${location.search}`;
let cursor = -1;

function moveTo(index) {
  if (rows.length === 0) return;
  rows[cursor]?.classList.remove("is-cursor");
  rows[cursor]?.removeAttribute("aria-current");
  cursor = Math.max(0, Math.min(rows.length - 1, index));
  const row = rows[cursor];
  row.classList.add("is-cursor");
  row.setAttribute("aria-current", "true");
  row.scrollIntoView({ block: "nearest" });
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

bind(["j", "ArrowDown"], () => moveTo(cursor + 1));
bind(["k", "ArrowUp"], () => moveTo(cursor - 1));
bind(["o"], () => open());
bind(["Enter"], (event) => (event.target.closest("a, button, summary") ? false : open()));
bind(["y"], () => open("violation"));
bind(["n"], () => open("no_violation"));
bind(["u"], () => open("unsure"));
bind(["s"], () => document.querySelector("[data-start]")?.click());
for (const view of document.querySelectorAll("[data-view]")) bind([view.dataset.view], () => view.click());

rows.forEach((row, index) => row.addEventListener("focusin", () => moveTo(index)));
moveTo(Number(sessionStorage.getItem(remembered) ?? 0));
