// A run that goes on: its figures are read again every three seconds, until it has ended.

const EVERY = 3000;

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
    if (!page.querySelector('script[src="/static/live.js"]')) return undefined;
  } catch {
    // The next look may succeed; what is shown stays as it was.
  }
  return window.setTimeout(renew, EVERY);
};

window.setTimeout(renew, EVERY);
