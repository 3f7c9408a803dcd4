// What the pages for programs share: boxes to tick, secrets that are shown once, and deeds.
import { $, ask, Refusal, words } from "./page.js";

// What was ticked, of which there must be something.
export function ticked(form, name) {
  const values = new FormData(form).getAll(name);
  if (!values.length) throw new Refusal(422, { code: "none_chosen" });
  return values;
}

export function showOnce(box, secret) {
  const text = $("textarea", box), said = $(".copied", box);
  text.value = secret;
  said.textContent = "";
  $(".copy", box).onclick = async () => {
    const copied = await navigator.clipboard?.writeText(secret).then(() => true, () => false);
    said.textContent = copied ? words.copied : words.copy_by_hand;
    if (!copied) text.focus(), text.select();
  };
  box.hidden = false;
  box.focus();
}

// A button with a deed asks the API just what its attributes say, once somebody is sure. `acts` by the
// word of the deed; each gets what was answered.
export function onDeeds(acts) {
  const busy = new Set(); // a button that is disabled would lose the focus
  $("#main").addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-deed]"), refused = $("#refused");
    if (!button || (button.dataset.sure && !(await agreed(button)))) return;
    const { deed, method = "POST", path, body } = button.dataset, doing = `${deed} ${path}`;
    if (busy.has(doing)) return;
    busy.add(doing);
    refused.textContent = "";
    try {
      await acts[deed](await ask(method, path, body && JSON.parse(body)));
    } catch (refusal) {
      refused.textContent = refusal.message;
      refused.scrollIntoView({ block: "nearest" });
    } finally {
      busy.delete(doing);
    }
  });
}

function agreed(button) {
  const dialog = $("#sure");
  $("#sure-title").textContent = button.getAttribute("aria-label") || button.textContent;
  $("#sure-text").textContent = button.dataset.sure;
  $("#sure-yes").textContent = button.textContent;
  dialog.returnValue = ""; // Escape leaves it as it is
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
  });
}

// Draws parts of the page as the server shows them now; the rest, and the focus, stay where they are.
export async function redraw(...parts) {
  const answer = await fetch(location.href).catch(() => null);
  if (answer?.status === 401) return location.reload();
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts) replace($(part), $(part, page));
}

function replace(before, now) {
  if (!now || before.isEqualNode(now)) return;
  const held = before.contains(document.activeElement) ? document.activeElement.id : "";
  before.replaceWith(document.adoptNode(now));
  if (held) document.getElementById(held)?.focus();
}
