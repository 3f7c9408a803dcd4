// What the person of the panel allows, since when, and how that is known.
import { $, ask, made, refocus, when, words } from "./page.js";

let number = null;
let changed = () => null;

export function start(reload) {
  changed = reload;
  for (const button of document.querySelectorAll("#consent button")) {
    button.addEventListener("click", () => write(button));
  }
}

export async function load(of) {
  number = of;
  if (!number) return clear();
  const state = await ask("POST", "/v1/consents:find", { number }).catch((refusal) => {
    if (refusal.status === 404) return null; // nobody has said anything
    throw refusal;
  });
  if (number === of) show(state);
}

// Nothing is said before it is known.
export function clear() {
  $("#consent-state").replaceChildren();
  $("#consent [role=alert]").textContent = "";
  $("#decide").hidden = $("#tell").hidden = true;
}

function show(state) {
  const marketing = state?.permissions.find((one) => one.purpose === "marketing" && one.channel === "sms");
  const lines = [made("li", "", ...standing(marketing))];
  if (state?.suppressed) lines.push(made("li", "badge", `⛔ ${words.suppressed}`));
  if (state?.suspected) lines.push(made("li", "badge", `⚠ ${words.suspected}`));
  if (state?.objected) lines.push(made("li", "", `⚠ ${words.objected}`));
  if (state?.restricted) lines.push(made("li", "badge", `⚠ ${words.restricted}`));
  const list = $("#consent-state"), before = list.textContent;
  const after = lines.map((line) => line.textContent).join("");
  if (before !== after) list.replaceChildren(...lines); // what is the same is not read out again
  const held = $("#consent").contains(document.activeElement) ? document.activeElement : null;
  $("#tell").hidden = false;
  $("#decide").hidden = !state?.suspected;
  $("#grant").hidden = marketing?.state === "granted";
  $("#withdraw").hidden = marketing?.state === "withdrawn" || Boolean(state?.suspected);
  keep(held);
}

// A button that had the focus may be gone now; the next to it has it then.
function keep(held) {
  if (!held || held.checkVisibility()) return;
  [...document.querySelectorAll("#consent button")].find((one) => one.checkVisibility())?.focus();
}

function standing(permission) {
  if (!permission) return [`${words.marketing}: ${words.consent_unknown}`];
  const state = words[`consent_${permission.state}`] || permission.state;
  const means = words[`means_${permission.means}`] || permission.means;
  const indirect = permission.collected_directly ? [] : [` (${words.not_direct})`];
  return [`${words.marketing}: ${state} · ${words.since} `, when(permission.since), ` · ${means}`, ...indirect];
}

async function write(button) {
  const { action, purpose } = button.dataset, alert = $("#consent [role=alert]");
  alert.textContent = "";
  button.disabled = true;
  try {
    await ask("POST", "/v1/consents", { number, action, means: "agent", ...(purpose ? { purpose } : {}) });
  } catch (refusal) {
    alert.textContent = refusal.message;
  }
  button.disabled = false;
  refocus(button);
  changed();
}
