// Payment. A card is checked here and forgotten here: nothing is sent, only brand and last digits are kept.
import { base, byId, fill, t, track, wait } from "./core.js";
import { lines } from "./cart.js";
import { codeBox, guard } from "./forms.js";
import { country, draft, drawSummary, giftCard, keep, totals, value } from "./order.js";

const DECLINED = "4000000000000002";
const KLARNA_FROM = 5000;
const CASH_UP_TO = 40000;
const form = byId("payment-form");
const error = byId("payment-error");
const method = () => form.elements.method.value;
const digits = (text) => text.replace(/\D/g, "");

function luhn(text) {
  const figures = [...digits(text)].reverse().map(Number);
  const sum = figures.reduce((total, n, i) => total + (i % 2 ? (n * 2 > 9 ? n * 2 - 9 : n * 2) : n), 0);
  return figures.length >= 13 && figures.length <= 19 && sum % 10 === 0;
}

function notExpired(text) {
  const [, month, year] = text.match(/^(0?[1-9]|1[0-2])\s*\/\s*(?:20)?(\d{2})$/) ?? [];
  return Boolean(month) && new Date(2000 + Number(year), Number(month), 1) > new Date();
}

const brand = (number) => ({ 3: "American Express", 4: "Visa" })[number[0]] ?? "Mastercard";

// What cannot be used in this country or for this amount is not offered. Unknown country: all is shown.
const where = draft().address && country();
const due = totals().total;
for (const choice of form.querySelectorAll(".choice")) {
  const list = choice.dataset.countries;
  const id = choice.querySelector("input").value;
  choice.hidden = Boolean(where) && ((list && !list.includes(where)) || (id === "klarna" && due < KLARNA_FROM) || (id === "cod" && due > CASH_UP_TO));
}

function show() {
  byId("card-fields").hidden = method() !== "card";
  keep({ method: method() });
  drawSummary();
}
show();
form.addEventListener("change", ({ target }) => {
  if (target.name === "method") show();
});

// Groups of four are easier to check against the card in one's hand.
form.elements.cardnumber.addEventListener("blur", ({ target }) => {
  target.value = digits(target.value).replace(/(.{4})(?=.)/g, "$1 ");
});

function refuse(text) {
  error.textContent = text;
  error.scrollIntoView({ block: "center" });
}

function accept(label) {
  keep({ method: method(), paid: label });
  if (lines().length) track("add_payment_info", { ...value(), payment_type: method() });
  location.assign(`${base}/checkout/review/`);
}

/** Stands for the visit to a payment provider's own page. */
function visitProvider(name) {
  const dialog = byId("provider");
  byId("provider-name").textContent = name;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((answer) => dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true }));
}
for (const button of byId("provider").querySelectorAll("button")) {
  button.addEventListener("click", () => byId("provider").close(button.dataset.answer));
}

guard(form, async (values) => {
  error.textContent = "";
  const name = t.method[method()];
  if (method() === "transfer" || method() === "cod") return accept(name);
  if (method() !== "card") return (await visitProvider(name)) ? accept(name) : refuse(fill(t.pay_cancelled, { name }));
  const number = digits(values.cardnumber);
  const button = byId("pay");
  button.disabled = true;
  await wait(600);
  button.disabled = false;
  if (number === DECLINED) return refuse(t.declined);
  return accept(fill(t.card_label, { brand: brand(number), last: number.slice(-4) }));
}, { cardnumber: luhn, expiry: notExpired });

codeBox("gift", async (typed) => {
  await wait(300);
  const answer = giftCard(typed);
  if (answer.ok) {
    keep({ gift: { code: answer.code, balance: answer.balance } });
    drawSummary();
  }
  return answer;
});
