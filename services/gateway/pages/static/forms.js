// Forms that ask the API: what is wrong is said beside the field that it is about.
import { $, refocus, sentenceOf, words } from "./page.js";

// `named` tells which field a member of the body stands in, where they are called otherwise, and which
// field the code of a refusal is about.
export function onForm(form, act, named = {}) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clear(form);
    if (missing(form)) return;
    const buttons = form.querySelectorAll("button");
    for (const button of buttons) button.disabled = true;
    try {
      await act(Object.fromEntries(new FormData(form)), form);
    } catch (refusal) {
      show(form, refusal, named);
    } finally {
      for (const button of buttons) button.disabled = false;
      refocus(event.submitter);
    }
  });
}

// What the browser itself finds is said in the page's language, too.
function missing(form) {
  const wrong = [...form.elements].filter((field) => field.willValidate && !field.checkValidity());
  for (const field of wrong) mark(field, field.validity.valueMissing ? words.fill_in : words.correct_this);
  wrong[0]?.focus();
  return wrong.length > 0;
}

function show(form, refusal, named) {
  const about = form.elements[named[refusal.code]]; // one code is about one field
  if (about) return mark(about, refusal.message), about.focus();
  const wrong = (refusal.errors || []).map(({ pointer, detail }) => {
    const path = pointer.replace(/^#\//, ""), member = path.split("/")[0];
    const field = form.elements[named[path] || named[member] || member];
    if (field) mark(field, words[`error_${refusal.code}`] || sentenceOf({ sentence: detail }));
    return field;
  }).filter(Boolean);
  if (wrong.length) return [...form.elements].find((field) => wrong.includes(field)).focus();
  $(".problem", form).textContent = refusal.message;
}

function mark(field, text) {
  const error = document.getElementById(`${field.id}-error`);
  if (!error) return;
  error.textContent = text;
  error.hidden = false;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", described(field, error.id));
}

function described(field, id) {
  return [...new Set([...(field.getAttribute("aria-describedby") || "").split(" "), id])].join(" ").trim();
}

function clear(form) {
  $(".problem", form).textContent = "";
  for (const error of form.querySelectorAll(".error")) error.hidden = true;
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}
