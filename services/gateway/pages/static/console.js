// The entry of every page: each part stands in a module of its own.
import { $, ask, onSubmit, words } from "./page.js";

function signInPage(form) {
  onSubmit(form, async (fields) => {
    await ask("POST", "/v1/session", fields);
    location.reload();
  });
}

function linkPage(form, operation) {
  const token = location.hash.slice(1);
  history.replaceState(null, "", location.pathname); // the token is no reader's business
  addEventListener("hashchange", () => location.reload()); // a link that is pasted where this page stands
  if (!token) $("[role=alert]", form).textContent = words.no_token;
  onSubmit(form, async (fields) => {
    await ask("POST", operation, { token, ...fields });
    form.hidden = true;
    $("#joined").hidden = false;
  });
}

if ($("#sign-in")) signInPage($("#sign-in"));
if ($("#join")) linkPage($("#join"), "/v1/invitations:accept");
if ($("#reset")) linkPage($("#reset"), "/v1/resets:accept");
$("#sign-out")?.addEventListener("click", async () => {
  await ask("DELETE", "/v1/session").catch(() => null);
  location.assign("/");
});
if ($("#upload")) (await import("./imports.js")).start();
if ($("#request-new")) (await import("./requests.js")).board();
if ($("#standing")) (await import("./requests.js")).one();
if ($("#sessions")) (await import("./sessions.js")).start();
if ($("#password")) (await import("./account.js")).start();
if ($("#reset-link")) (await import("./users.js")).resetting();
if ($("#users")) (await import("./users.js")).start();
if ($("#keys")) (await import("./keys.js")).start();
if ($("#webhooks")) (await import("./webhooks.js")).list();
if ($("#endpoint")) (await import("./webhooks.js")).one();
if ($("#find")) (await import("./customers.js")).start();
if ($("#correct")) (await import("./correcting.js")).start();
if ($("#calls")) (await import("./live.js")).livePage();
document.dispatchEvent(new Event("modules")); // what `early.js` has kept is done now
