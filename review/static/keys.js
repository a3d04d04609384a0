// One listener for all single keys. Typing, composing (Japanese, Vietnamese input) and modifier keys are left alone.

const bindings = new Map();
// The reader's own keys, default key -> own key; with keys switched off nothing is bound at all.
const own = JSON.parse(document.body.dataset.keys ?? "{}");
const isOff = document.body.hasAttribute("data-keys-off");

function ownKey(key) {
  const capital = key.length === 1 && key !== key.toLowerCase();
  const chosen = own[key.toLowerCase()] ?? key.toLowerCase();
  if (key.length !== 1) return key.startsWith("g ") ? `${own.g ?? "g"} ${key.slice(2)}` : key;
  return capital ? chosen.toUpperCase() : chosen;
}

export function bind(keys, act) {
  if (isOff) return;
  for (const key of keys) bindings.set(ownKey(key), act);
}

export function isTyping(target) {
  return target instanceof Element && target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], [data-hotkeys-disabled]") !== null;
}

export function ignores(event) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return true;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  return isTyping(event.target) || document.querySelector("dialog[open]") !== null;
}

// With an input method switched on and no field focused, browsers may report "Process": then the place of the key counts.
export function keyOf(event) {
  const known = event.key !== "Process" && event.key !== "Unidentified";
  const key = known ? event.key : event.code.replace(/^Key|^Digit/, "");
  if (key.length !== 1) return key;
  // A capital counts only when Shift is held: with Caps Lock on, y is still y.
  return event.shiftKey && /[a-z]/i.test(key) ? key.toUpperCase() : key.toLowerCase();
}

let prefix = "";

document.addEventListener("keydown", (event) => {
  if (ignores(event)) return;
  const key = keyOf(event);
  const act = bindings.get(prefix + key);
  prefix = "";
  if (act === undefined) {
    if (key === (own.g ?? "g") && !event.repeat && !isOff) prefix = `${key} `;
    return;
  }
  if (event.repeat && !["j", "k"].includes(key)) return;
  if (act(event) !== false) event.preventDefault();
}, true);
