// One's own password. Who changes it stays signed in here, and nowhere else.
import { onForm } from "./forms.js";
import { $, ask, Refusal } from "./page.js";

const FIELD_OF = { wrong_password: "old_password", weak_password: "new_password", not_repeated: "repeated" };

export function start() {
  $("#changed")?.focus();
  onForm($("#password"), async ({ old_password, new_password, repeated }) => {
    if (new_password !== repeated) throw new Refusal(422, { code: "not_repeated" });
    await ask("POST", "/v1/session:change-password", { old_password, new_password });
    location.assign("/account?changed=true");
  }, FIELD_OF);
}
