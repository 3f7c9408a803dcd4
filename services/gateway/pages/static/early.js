// Runs before the page is drawn. What somebody does before the modules are here waits for them: a form
// would go out by itself otherwise, and a button do nothing.
(() => {
  const again = {
    submit: ({ target, submitter }) => target.requestSubmit(submitter),
    click: ({ target }) => target.closest("button").click(),
    change: ({ target }) => target.dispatchEvent(new Event("change", { bubbles: true })),
  };
  const waiting = new Map(); // the last of each kind by what it is about

  function hold(event) {
    if (event.type === "click" && !event.target.closest("button[type=button]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting.delete(event.target);
    waiting.set(event.target, event);
  }

  for (const type of Object.keys(again)) document.addEventListener(type, hold, true);
  document.addEventListener("modules", () => {
    for (const type of Object.keys(again)) document.removeEventListener(type, hold, true);
    for (const event of waiting.values()) again[event.type](event);
  }, { once: true });
})();
