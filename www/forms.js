/* Fetched by vendors.js when the next way to a person is a form: the shopper's words are left in the shop's
 * Zendesk, or at an address of the shop's own, by the browser itself. It says what became of them and no more:
 * an answer that cannot be read is no refusal, so nothing is ever sent a second time unasked. */

/* Words of each language, put here by the build. */
const TEXTS = /*TEXTS*/{}/*END*/;

/** How long an answer is waited for, and the longest text that is passed on. */
const PATIENCE_MS = 8000;
const MOST_NAME = 200;

/** Where the panel shows what becomes of a question that is left elsewhere. */
const PLACE = "hn-elsewhere";

const STYLE = `
#${PLACE} { display: grid; gap: 8px; }
#${PLACE} form { display: grid; gap: 8px; }
#${PLACE} label { display: grid; gap: 4px; font-size: 13px; font-weight: 600; }
#${PLACE} label input { font-weight: 400; }
#${PLACE} .ways { display: flex; flex-wrap: wrap; align-items: center; gap: 0 12px; }
#${PLACE} [hidden] { display: none; }
.trap { position: absolute; inset-inline-start: -9999px; }
.chat:has(#${PLACE} form) :is(.composer, .attach) { display: none; }
#${PLACE}:has(form) { margin-block-end: 14px; }`;

const cut = (text, most) => {
  const all = Array.from(String(text ?? ""));
  return all.length > most ? all.slice(0, most - 1).join("") + "…" : all.join("");
};

/** Each form: what its settings must hold, and how it is sent: once. Resolves to `sent`, to `refused` with the
 * status and the reasons, or to `unconfirmed`: then it may have been taken. */
export const FORMS = {
  "zendesk-ticket": {
    needs: { subdomain: /^[a-z0-9-]{1,63}$/ },
    /** Zendesk's anonymous requests; see `helpnook doctor --docs zendesk-ticket`. */
    send(env, config, { question, summary, facts }, person) {
      const fields = Object.entries(config.fields || {}).filter(([name]) => facts[name]);
      const request = {
        requester: { name: person.name || person.email, email: person.email },
        subject: cut(question.trim().split("\n")[0], 80),
        comment: { body: `${question}\n\n-- \n${summary}` },
        ...(fields.length && { custom_fields: fields.map(([name, id]) => ({ id: Number(id), value: facts[name] })) }),
        ...(config.form && { ticket_form_id: Number(config.form) }),
      };
      const url = config.url || `https://${config.subdomain}.zendesk.com/api/v2/requests.json`;
      return post(env, url, { request }, (said) => said && said.request && said.request.id);
    },
  },
  webhook: {
    needs: { url: /^(https:\/\/[^/\s]|http:\/\/(127\.0\.0\.1|localhost)[:/])/ },
    /** An address of the shop's own, which knows the same message by its id. */
    send(env, config, { question, facts }, person, { id, filled_ms, trap }) {
      const body = { v: 1, type: "help.request", id, at: new Date(env.now()).toISOString(), question, context: facts, person, form: { filled_ms, trap } };
      return post(env, config.url, body, () => true);
    },
  },
};

/** Posts once; `proof` reads from the answer whether it was taken. */
async function post(env, url, body, proof) {
  const unconfirmed = { state: "unconfirmed" };
  const control = new AbortController();
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), credentials: "omit", referrerPolicy: "no-referrer", signal: control.signal };
  const asked = Promise.resolve()
    .then(() => env.fetch(url, init))
    .then(async (answer) => {
      const text = await answer.text();
      let said;
      try {
        said = text ? JSON.parse(text) : null;
      } catch {}
      // Somebody's sign-in page is no receipt.
      const page = said === undefined && /^\s*</.test(text);
      if (answer.ok) return !page && proof(said) ? { state: "sent" } : unconfirmed;
      // Whoever stands before the shop's system may have lost the answer after it was taken.
      if (answer.status >= 500 || answer.status === 408) return unconfirmed;
      return { state: "refused", code: answer.status, details: reasons(said) };
    })
    // Zendesk's 403 and 429 come without the header that lets a browser read them: they look like no network.
    .catch(() => unconfirmed);
  const late = env.wait(PATIENCE_MS).then(() => (control.abort(), unconfirmed));
  return Promise.race([asked, late]);
}

/** Why it was refused, in the words of the system; at most three, and short. */
function reasons(said) {
  if (!said || typeof said !== "object") return [];
  const lists = said.details && typeof said.details === "object" ? Object.values(said.details).flat() : [];
  const words = lists.map((one) => one && one.description).concat(said.detail);
  return words.filter((one) => typeof one === "string" && one).slice(0, 3).map((one) => cut(one, 200));
}

/** Whether an answer could find the shopper there. */
const isAddress = (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);

/** Who the shopper is, once said: for the next question. */
const person = { name: "", email: "" };
/** The form that stands open: another question adds to it. */
let open = "";
/** Takes what stands there from its place. */
let clear = () => {};

/** Shows a form for the question where the conversation stands. Resolves to "left" once the words were taken, or to
 * nothing when the next way is to take them; `more` says whether there is one. */
export function leave(env, page, name, config, asked, { email, more, hold }) {
  const { shadow } = page;
  const doc = shadow.ownerDocument;
  const lang = (asked.lang || "en").split(/[-_]/)[0];
  const words = TEXTS[lang] || TEXTS.en;
  if (open) {
    asked = { ...asked, question: `${open}\n\n${asked.question}` };
  }
  clear();
  open = asked.question;
  person.email ||= email;
  const el = (tag, props, ...children) => {
    const out = Object.assign(doc.createElement(tag), props);
    out.append(...children);
    return out;
  };
  if (!shadow.adoptedStyleSheets.some((sheet) => sheet.forms)) {
    const sheet = Object.assign(new CSSStyleSheet(), { forms: true });
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
  }
  return new Promise((resolve) => {
    const began = env.now();
    // The same all along: an address that keeps ids takes a message once however often it is sent.
    const id = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    let busy = false;
    const says = el("p", { className: "says", textContent: words.lead });
    says.setAttribute("role", "status");
    const field = (key, type, label, more) => {
      const input = el("input", { type, name: key, id: "hn-leave-" + key, maxLength: MOST_NAME, value: person[key], ...more });
      return [input, el("label", { htmlFor: input.id, textContent: label }, input)];
    };
    const [mail, mailRow] = field("email", "email", words.email, { autocomplete: "email", required: true });
    const [who, whoRow] = field("name", "text", words.name, { autocomplete: "name" });
    // Seen by programs alone; the shop's own address is told whether something was written there.
    const trap = el("input", { className: "trap", name: "website", tabIndex: -1, autocomplete: "off", ariaHidden: "true" });
    const send = el("button", { type: "submit", className: "first", id: "hn-leave-send", textContent: words.send });
    const press = (id, text, onclick) => el("button", { type: "button", className: "text", id, textContent: text, hidden: true, onclick });
    const copy = press("hn-leave-copy", words.copy, async () => {
      const how = await env.copy(asked.question);
      if (how === "copied") says.textContent = words.copied;
    });
    const other = press("hn-leave-other", words.other, () => done());
    const form = el("form", { className: "notice", noValidate: true }, says, mailRow, whoRow, trap, el("div", { className: "ways" }, send, other, copy));
    let shown = form;
    // The panel builds its screens anew as it is walked through: what was typed stays.
    const place = () => {
      const at = shadow.getElementById(PLACE);
      if (at && shown.parentNode !== at) {
        at.replaceChildren(shown);
        return true;
      }
    };
    const watching = new MutationObserver(() => page.guard(place));
    watching.observe(shadow, { childList: true, subtree: true });
    clear = () => (watching.disconnect(), shown.remove());
    page.undo.push(clear);
    const stop = () => {
      open = "";
      hold("");
    };
    const done = () => {
      stop();
      clear();
      resolve();
    };
    const tell = (text, ...ways) => {
      says.textContent = text;
      for (const way of ways) way.hidden = false;
    };
    form.onsubmit = async (event) => {
      event.preventDefault();
      if (busy) return;
      [person.email, person.name] = [mail.value.trim(), who.value.trim()];
      const fits = isAddress(person.email);
      mail.ariaInvalid = String(!fits);
      if (!fits) {
        tell(words.wrong);
        return mail.focus();
      }
      busy = true;
      send.ariaDisabled = "true";
      tell(words.sending);
      // From here on it may have been taken: a page loaded anew must not offer to send it as if it were new.
      hold("");
      const { state, code, details = [] } = await FORMS[name].send(env, config, asked, { ...person }, { id, filled_ms: env.now() - began, trap: trap.value });
      busy = false;
      send.ariaDisabled = "false";
      if (state === "sent") {
        stop();
        shown = el("p", { className: "notice", textContent: words.sent.replace("{email}", person.email), tabIndex: -1 });
        shown.setAttribute("role", "status");
        place();
        shown.focus();
        return resolve("left");
      }
      if (state === "unconfirmed") {
        send.textContent = words.again;
        return tell(words.unsure.replace("{email}", person.email), copy, ...(more ? [other] : []));
      }
      env.warn(`${name} did not take a message: it answered ${code}${details.length ? `, ${details.join("; ")}` : ""}`);
      // Only what the shopper can mend is asked for again.
      if (code !== 422 && more) return done();
      hold(asked.question);
      tell([words.refused, ...details].join(" "), copy, ...(more ? [other] : []));
    };
    hold(asked.question);
    place();
    // The shopper has just written: what is asked next is where they are.
    for (const input of [mail, who, send]) if (input === send || !input.value) { input.focus(); break; }
  });
}
