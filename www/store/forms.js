// Checks forms with the browser's own rules and says what is wrong in the shop's words.
import { byId, el, t } from "./core.js";

const controls = (form) => [...form.elements].filter((one) => one.dataset.error);
const label = (control) => control.labels[0].firstChild.textContent.trim();

function message(control) {
  const [missing, wrong] = t.err[control.name] ?? t.err.other;
  return control.validity.valueMissing ? missing : control.dataset.wrong || wrong || missing;
}

/** Shows or clears the message of one control; returns whether it is fine. */
export function mark(control) {
  const note = byId(control.dataset.error);
  const fine = control.checkValidity();
  const described = new Set((control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  note.hidden = fine;
  note.textContent = fine ? "" : message(control);
  if (fine) {
    control.removeAttribute("aria-invalid");
    described.delete(note.id);
  } else {
    control.setAttribute("aria-invalid", "true");
    described.add(note.id);
  }
  if (described.size) control.setAttribute("aria-describedby", [...described].join(" "));
  else control.removeAttribute("aria-describedby");
  return fine;
}

function summarize(box, faulty) {
  box.replaceChildren();
  if (!faulty.length) return;
  box.append(el("h2", {}, t.problems), el("ul", {}, ...faulty.map((control) =>
    el("li", {}, el("a", { href: `#${control.id}`, onclick: (e) => { e.preventDefault(); control.focus(); } }, `${label(control)}: ${message(control)}`)))));
  box.focus();
}

/** Runs `done` with the form's values once all is well; `checks` adds tests the browser does not know. */
export function guard(form, done, checks = {}) {
  const test = (control) => {
    const check = checks[control.name];
    control.setCustomValidity(check && control.value && !check(control.value, form) ? "wrong" : "");
    return mark(control);
  };
  form.addEventListener("submit", (e) => {
    e.preventDefault();
    const faulty = controls(form).filter((control) => control.offsetParent && !test(control));
    const box = form.querySelector("[data-problems]");
    if (box) summarize(box, faulty);
    else faulty[0]?.focus();
    if (!faulty.length) done(Object.fromEntries(new FormData(form)), form);
  });
  // A message goes away as soon as it is no longer true, and never appears while one is still typing.
  form.addEventListener("input", ({ target }) => {
    if (target.getAttribute("aria-invalid")) test(target);
  });
}

/** A box for a code that someone else judges (coupon, gift card). */
export function codeBox(id, ask) {
  const form = byId(`${id}-form`);
  const input = byId(id);
  const error = byId(`${id}-error`);
  const done = byId(`${id}-done`);
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    error.textContent = done.textContent = "";
    const { ok, message: text } = await ask(input.value);
    button.disabled = false;
    if (ok) {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
      input.value = "";
      done.textContent = text;
    } else {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", error.id);
      error.textContent = text;
      input.focus();
    }
  });
}

/** Puts known values into the fields of a form that are still empty. */
export function prefill(form, values) {
  for (const [name, value] of Object.entries(values ?? {})) {
    const control = form.elements[name];
    if (control && !control.value && typeof value === "string") control.value = value;
  }
}
