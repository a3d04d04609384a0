// Keys that every page has: search, go to, list of keys, back, undo.

import { bind } from "/static/keys.js";

document.documentElement.classList.add("has-script");

const find = (selector) => document.querySelector(selector);
const follow = (selector) => () => {
  const link = find(selector);
  if (link === null) return false;
  link.click();
  return true;
};

for (const link of document.querySelectorAll("[data-go]")) {
  bind([`g ${link.dataset.go}`], () => link.click());
}
bind(["/"], () => {
  const field = find("[data-search]");
  if (field === null) return false;
  field.focus();
  field.select();
  return true;
});
bind(["?"], () => find("#keys").showModal());
// The focus must not stay on a button of the closed list, where keys do nothing.
find("#keys")?.addEventListener("close", () => document.activeElement?.blur());
bind(["z"], () => {
  const form = find(".toast-region form") ?? find("form[data-undo]");
  if (form === null) return false;
  form.requestSubmit();
  return true;
});
bind(["Escape"], () => {
  const open = find("details.menu[open]");
  if (open !== null) {
    open.open = false;
    return true;
  }
  return follow("[data-back]")();
});
bind(["]"], follow("[data-next][rel=next]"));

find("[data-search]")?.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing) event.currentTarget.blur();
});
for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("toggle", () => {
    if (!menu.open) return;
    for (const other of document.querySelectorAll("details.menu[open]")) if (other !== menu) other.open = false;
  });
}
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
// A second press must not send a decision twice.
document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("button:not([type=button])");
  if (event.target.method !== "post" || button === null) return;
  if (event.target.dataset.sent === "yes") {
    event.preventDefault();
    return;
  }
  event.target.dataset.sent = "yes";
  button.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});
