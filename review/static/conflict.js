// After a conflict only 1 and 2 do something, so that a reflex Y or Enter decides nothing.

import { bind } from "/static/keys.js";

for (const link of document.querySelectorAll("[data-choice]")) bind([link.dataset.choice], () => link.click());
