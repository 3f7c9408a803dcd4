// Keys of the agency's programs: made, shown once, revoked.
import { onForm } from "./forms.js";
import { $, announce, ask, fill, words } from "./page.js";
import { onDeeds, redraw, showOnce, ticked } from "./programs.js";

const DAY_MS = 86_400_000;
const FIELD_OF = { none_chosen: "scopes", bad_expiry: "days", expires_at: "days" };

export function start() {
  onDeeds({
    revoke: async () => {
      await redraw("#keys");
      $("#keys-title").focus(); // the button that had the focus is gone
      announce(words.key_was_revoked);
    },
  });
  if ($("#key-new")) onForm($("#key-new"), make, FIELD_OF);
}

async function make({ name, days }, form) {
  const scopes = ticked(form, "scope");
  const expires_at = days ? new Date(Date.now() + days * DAY_MS).toISOString() : null;
  const { key } = await ask("POST", "/v1/keys", { name, scopes, expires_at });
  $("#key-made-title").textContent = fill(words.key_once, { who: name });
  showOnce($("#key-made"), key);
  form.reset();
  await redraw("#keys");
}
