// Signing in, registering, a new password, and the account itself. The one account lives in this browser.
import { base, byId, day, el, fill, lasting, money, passing, session, t, track, wait } from "./core.js";
import { guard, prefill } from "./forms.js";
import { cancel, orders } from "./orders.js";

const DEMO = { email: "demo@tarnandthread.example", password: "walkslowly" };
const MOST_TRIES = 5;
const LOCK_MS = 15 * 60 * 1000;
const status = (form, text) => { form.querySelector("[role=status]").textContent = text; };

// Only a path of this shop may follow a sign-in, never an address from elsewhere.
function onward() {
  const next = new URLSearchParams(location.search).get("next") ?? "";
  return /^\/(?!\/)[\w/-]*$/.test(next) ? next : `${base}/account/`;
}

const login = byId("login-form");
if (login) {
  guard(login, async ({ email, password }) => {
    const error = byId("login-error");
    const tries = passing.get("tt-tries", { n: 0, at: 0 });
    error.textContent = "";
    await wait(300);
    if (tries.n >= MOST_TRIES && Date.now() - tries.at < LOCK_MS) {
      error.textContent = t.login_locked;
    } else if (email.trim().toLowerCase() === DEMO.email && password === DEMO.password) {
      passing.set("tt-tries", null);
      lasting.set("tt-session", { email: DEMO.email, given: "Robin", family: "Visser" });
      track("login", null, { method: "email" });
      location.assign(onward());
    } else {
      passing.set("tt-tries", { n: (tries.n % MOST_TRIES) + 1, at: Date.now() });
      error.textContent = t.login_failed;
      login.elements.password.value = "";
      login.elements.password.focus();
    }
  });
}

const register = byId("register-form");
if (register) {
  guard(register, ({ email, given, family }) => {
    lasting.set("tt-session", { email, given, family });
    track("sign_up", null, { method: "email" });
    location.assign(`${base}/account/`);
  }, {
    newpassword: (value) => value.length >= 10,
    repeat: (value, form) => value === form.elements.newpassword.value,
  });
}

const forgot = byId("forgot-form");
if (forgot) {
  guard(forgot, async ({ email }) => {
    await wait(300);
    status(forgot, fill(t.reset_sent, { email }));
  });
}

function orderRow(order) {
  const say = (text) => { byId("account-status").textContent = fill(text, { number: order.number }); };
  const actions = [el("a", { href: `${base}/order-status/?order=${order.number}` }, t.track)];
  if (order.state === "placed") actions.push(el("button", { type: "button", class: "plain", onclick: () => { cancel(order.number); drawOrders(); say(t.cancelled); } }, t.cancel));
  if (order.state === "delivered") actions.push(el("a", { href: `${base}/returns/?order=${order.number}` }, t.send_back));
  if (order.state !== "placed" && order.state !== "cancelled") actions.push(el("button", { type: "button", class: "plain", onclick: () => say(t.invoice_sent) }, t.invoice));
  return el("li", {}, el("p", {}, el("b", {}, order.number), el("br"), el("span", { class: "soft" }, day(order.steps[0].date))),
    el("p", {}, t.state[order.state], el("br"), money(order.total)), el("p", { class: "actions" }, ...actions));
}

const drawOrders = () => byId("order-list").replaceChildren(...orders().filter((order) => order.email === session().email).map(orderRow));

if (byId("signed-in")) {
  const me = session();
  byId("signed-in").hidden = !me;
  byId("signed-out").hidden = Boolean(me);
  if (me) {
    const say = (text) => { byId("account-status").textContent = text; };
    byId("hello").textContent = fill(t.hello, { name: me.given });
    drawOrders();
    if (!byId("order-list").children.length) byId("order-list").append(el("li", {}, t.no_orders));
    prefill(byId("profile-form"), me);
    byId("two-step").checked = Boolean(me.twoStep);
    guard(byId("profile-form"), ({ email, given, family, two_step: twoStep }) => {
      lasting.set("tt-session", { ...me, given, family, twoStep: Boolean(twoStep) });
      say(email === me.email ? t.saved : fill(t.confirm_email, { email }));
    });
    byId("export-data").addEventListener("click", () => say(t.export_sent));
    byId("close-account").addEventListener("click", () => say(t.close_sent));
    byId("sign-out").addEventListener("click", () => {
      lasting.set("tt-session", null);
      location.assign(`${base}/`);
    });
  }
}
