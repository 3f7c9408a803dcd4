// Endpoints of the agency's apps: registered, changed, tried, and what was sent to one.
import { onForm } from "./forms.js";
import { $, announce, ask, fill, words } from "./page.js";
import { onDeeds, redraw, showOnce, ticked } from "./programs.js";

const FIELD_OF = { none_chosen: "events", webhook_target: "url" };
const LOOKS_MS = [500, 1000, 2000, 4000, 8000]; // an attempt takes a moment

export function list() {
  if (!$("#webhook-new")) return;
  onForm($("#webhook-new"), async ({ url }, form) => {
    const { secret } = await ask("POST", "/v1/webhooks", { url, events: ticked(form, "event") });
    $("#secret-title").textContent = fill(words.secret_once, { who: url });
    showOnce($("#secret"), secret);
    form.reset();
    await redraw("#webhooks");
  }, FIELD_OF);
}

export function one() {
  onDeeds({
    switch: () => shown(words.saved_it),
    test: () => sent(words.test_sent),
    resend: () => sent(words.sent_again),
    remove: () => location.assign("/webhooks"),
    rotate: async ({ secret }) => {
      await redraw("#endpoint"); // it says until when, by the agency's own clock
      $("#secret .until").replaceChildren(...($("#both")?.cloneNode(true).childNodes || []));
      showOnce($("#secret"), secret);
    },
  });
  if ($("#webhook-change")) onForm($("#webhook-change"), change, FIELD_OF);
}

async function change({ url }, form) {
  $(".done", form).textContent = "";
  await ask("PATCH", form.dataset.path, { url, events: ticked(form, "event") });
  await redraw("#endpoint");
  $(".done", form).textContent = words.saved_it;
}

async function shown(sentence) {
  await redraw("#endpoint", "#log");
  announce(sentence);
}

// The latest stand on the first page of the log, which shows what becomes of them.
async function sent(sentence) {
  if (location.search) return location.assign(location.pathname);
  await shown(sentence);
  look(LOOKS_MS);
}

function look([wait, ...others]) {
  if (wait) setTimeout(() => redraw("#endpoint", "#log").finally(() => look(others)), wait);
}
