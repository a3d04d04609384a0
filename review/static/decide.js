// The decision bar: a verdict's key opens its reasons, a figure chooses, Enter records, Esc leaves it.

import { bind } from "/static/keys.js";

const bar = document.querySelector("[data-decide]");
const KEYS = { y: "violation", n: "no_violation", u: "unsure" };

const forms = bar ? [...bar.querySelectorAll("form[data-verdict]")] : [];
const buttons = bar ? [...bar.querySelectorAll("a[data-verdict]")] : [];
const openForm = () => forms.find((form) => !form.hidden);

function choose(verdict) {
  for (const form of forms) form.hidden = form.dataset.verdict !== verdict;
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.verdict === verdict));
  openForm()?.querySelector("input[type=radio]:checked")?.focus();
}

for (const [key, verdict] of Object.entries(KEYS)) bind([key], () => (bar ? choose(verdict) : false));

for (let figure = 1; figure <= 6; figure += 1) {
  bind([String(figure)], () => {
    const radio = openForm()?.querySelectorAll("input[type=radio]")[figure - 1];
    if (!radio) return false;
    radio.checked = true;
    radio.focus();
    return true;
  });
}

const record = (selector) => (event) => {
  if (event.target.closest("a, button, summary")) return false;
  const form = openForm();
  if (!form) return false;
  form.requestSubmit(form.querySelector(selector));
  return true;
};
bind(["Enter"], (event) => record(event.shiftKey ? "[data-stay]" : "[data-record]")(event));
bind(["c"], () => {
  const note = openForm()?.querySelector("[name=note]");
  if (!note) return false;
  note.focus();
  return true;
});
bind(["t"], () => {
  const links = [...document.querySelectorAll("[data-spelt]")];
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  if (links.length === 0) return false;
  links[(at + 1) % links.length].click();
  return true;
});

const leave = document.querySelector("[data-back]");
bind(["Escape"], () => {
  const menu = document.querySelector("details.menu[open]");
  if (menu) menu.open = false;
  else if (openForm()) choose(null);
  else leave?.click();
});

const go = (selector) => () => {
  const link = document.querySelector(selector);
  if (!link) return false;
  link.click();
  return true;
};
bind(["j"], go("[data-next]"));
bind(["k"], go("[data-previous]"));

for (const button of buttons) {
  button.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    choose(button.dataset.verdict);
  });
}
for (const cancel of bar?.querySelectorAll("[data-cancel]") ?? []) {
  cancel.addEventListener("click", (event) => {
    event.preventDefault();
    choose(null);
  });
}
// In the note, Esc goes back to the keys and Enter records, but never while a word is being composed.
for (const note of bar?.querySelectorAll("input[name=note]") ?? []) {
  note.addEventListener("keydown", (event) => {
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key === "Enter" && composing) event.preventDefault();
    if (event.key === "Escape" && !composing) note.blur();
  });
}
