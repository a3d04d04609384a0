// Try a title: the verdict follows while one types, a moment after the last key, never in the middle of a composed word.

const form = document.querySelector("[data-try]");
const place = document.querySelector("[data-tried]");
let timer = 0;
let asked = 0;

async function ask() {
  const number = (asked += 1);
  const answer = await fetch(`${form.dataset.try}?${new URLSearchParams(new FormData(form))}`);
  if (!answer.ok || number !== asked) return;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceChildren(...part.body.childNodes);
}

form?.addEventListener("input", (event) => {
  clearTimeout(timer);
  if (!event.isComposing) timer = setTimeout(() => ask().catch(() => {}), 300);
});
form?.addEventListener("compositionend", () => {
  clearTimeout(timer);
  timer = setTimeout(() => ask().catch(() => {}), 300);
});
