// A run that goes on: its figures are read again every three seconds, until it has ended.

const EVERY = 3000;
const WIDTH = 600;
const HEIGHT = 58;
const pace = document.querySelector("[data-pace]");
// When how many pages had been read, as this page saw it.
const seen = [];

const draw = () => {
  const pages = Number(document.querySelector("[data-pages]")?.dataset.pages);
  if (!pace || Number.isNaN(pages)) return;
  seen.push([performance.now(), pages]);
  const paces = seen.slice(1).map(([at, count], before) => ((count - seen[before][1]) * 60000) / (at - seen[before][0]));
  if (paces.length < 2) return;
  const most = Math.max(...paces, 1);
  const points = paces.map((one, place) => `${((place * WIDTH) / (paces.length - 1)).toFixed(1)},${(HEIGHT - (one / most) * (HEIGHT - 4)).toFixed(1)}`);
  pace.querySelector("polyline").setAttribute("points", points.join(" "));
  pace.querySelector("[data-pace-now]").textContent = new Intl.NumberFormat(document.documentElement.lang).format(Math.round(paces.at(-1)));
  pace.hidden = false;
};

const renew = async () => {
  if (document.hidden || document.activeElement?.closest("[data-live] form")) return window.setTimeout(renew, EVERY);
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.querySelector(`[data-live="${part.dataset.live}"]`);
      if (fresh) part.replaceChildren(...fresh.childNodes);
    }
    draw();
    if (!page.querySelector('script[src="/static/live.js"]')) return undefined;
  } catch {
    // The next look may succeed; what is shown stays as it was.
  }
  return window.setTimeout(renew, EVERY);
};

draw();
window.setTimeout(renew, EVERY);
