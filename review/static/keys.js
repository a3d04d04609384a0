// One listener for all single keys. Typing, composing (Japanese, Vietnamese input) and modifier keys are left alone.

const bindings = new Map();

export function bind(keys, act) {
  for (const key of keys) bindings.set(key, act);
}

export function isTyping(target) {
  return target instanceof Element && target.closest("input:not([type=radio]), textarea, select, [contenteditable], [data-hotkeys-disabled]") !== null;
}

export function ignores(event) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return true;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  return isTyping(event.target) || document.querySelector("dialog[open]") !== null;
}

// With an input method switched on and no field focused, browsers may report "Process": then the place of the key counts.
export function keyOf(event) {
  const known = event.key !== "Process" && event.key !== "Unidentified";
  if (known) return event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return event.code.replace(/^Key|^Digit/, "").toLowerCase();
}

let prefix = "";

document.addEventListener("keydown", (event) => {
  if (ignores(event)) return;
  const key = keyOf(event);
  const act = bindings.get(prefix + key);
  prefix = "";
  if (act === undefined) {
    if (key === "g" && !event.repeat) prefix = "g ";
    return;
  }
  if (event.repeat && !["j", "k"].includes(key)) return;
  if (act(event) !== false) event.preventDefault();
}, true);
