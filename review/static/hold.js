// While a hit is open and worked on, it is held: asked for at first sight, renewed by activity, given back on leaving.

const form = document.querySelector("[data-hold]");
const EVERY = 3 * 60 * 1000;
let renewed = 0;
let isDeciding = false;

async function hold() {
  renewed = Date.now();
  const answer = await fetch(form.dataset.hold, {
    method: "POST", body: new URLSearchParams(new FormData(form)), headers: { accept: "application/json" },
  });
  if (answer.status === 409) {
    location.reload();
    return;
  }
  if (!answer.ok) return;
  const { clock } = await answer.json();
  const pill = form.querySelector("[data-held]");
  pill.textContent = pill.dataset.held.replace("{}", clock);
  pill.hidden = false;
}

if (form) {
  hold().catch(() => {});
  for (const name of ["keydown", "pointerdown", "scroll"]) {
    document.addEventListener(name, () => {
      if (Date.now() - renewed > EVERY) hold().catch(() => {});
    }, { passive: true });
  }
  document.addEventListener("submit", () => {
    isDeciding = true;
  });
  window.addEventListener("pagehide", () => {
    if (!isDeciding) navigator.sendBeacon(form.dataset.release, new URLSearchParams(new FormData(form)));
  });
}
