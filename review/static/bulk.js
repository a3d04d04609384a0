// The preview of a bulk decision: the button counts what is ticked; figures choose the reason; Enter records.

import { bind } from "/static/keys.js";

const form = document.querySelector("[data-bulk]");
const words = form?.querySelector("[data-words]");
const boxes = form ? [...form.querySelectorAll("input[name=pick]")] : [];

function refresh() {
  const count = boxes.filter((box) => box.checked).length;
  words.textContent = words.textContent.replace(/\d[\d.,]*/, String(count));
  form.querySelector("[data-submit]").toggleAttribute("disabled", count === 0);
}

if (form) {
  form.addEventListener("change", refresh);
  refresh();
  bind(["Enter"], (event) => {
    if (event.target.closest("a, button, summary")) return false;
    form.requestSubmit();
    return true;
  });
  for (let figure = 1; figure <= 6; figure += 1) {
    bind([String(figure)], () => {
      const radio = form.querySelectorAll("input[type=radio]")[figure - 1];
      if (!radio) return false;
      radio.checked = true;
      return true;
    });
  }
}
