// Checkout up to the delivery: who, where, how.
import { base, byId, el, fill, money, session, t, track } from "./core.js";
import { lines } from "./cart.js";
import { arrival, countries, countryName, duties, homeCountry, options, postcode } from "./delivery.js";
import { guard, mark, prefill } from "./forms.js";
import { country, draft, drawSummary, goods, keep, shippingOption, value } from "./order.js";

const go = (path) => location.assign(base + path);
drawSummary();

const guest = byId("guest-form");
if (guest) {
  if (lines().length) track("begin_checkout", value());
  prefill(guest, { email: draft().email });
  guard(guest, ({ email }) => {
    keep({ email });
    go("/checkout/address/");
  });
}

const address = byId("address-form");
if (address) {
  const { country: picker, postcode: code } = address.elements;
  picker.append(...countries().map(([id, name]) => el("option", { value: id }, name)));
  picker.value = country() ?? homeCountry;
  prefill(address, draft().address ?? session());
  const adapt = () => {
    const { pattern, example } = postcode(picker.value);
    code.pattern = pattern;
    code.dataset.wrong = fill(t.postcode_wrong, { example });
    byId("country-hint").textContent = duties(picker.value);
    if (code.getAttribute("aria-invalid")) mark(code);
  };
  adapt();
  picker.addEventListener("change", adapt);
  guard(address, (values) => {
    keep({ address: values, shipping: null });
    go("/checkout/shipping/");
  });
}

const shipping = byId("shipping-form");
if (shipping) {
  byId("ship-to").textContent = fill(t.ship_to, { country: countryName(country()) });
  byId("duties").textContent = duties(country());
  byId("shipping-options").append(...options(country(), goods()).map((one) => el("p", { class: "choice" },
    el("input", { type: "radio", name: "shipping", id: `ship-${one.id}`, value: one.id, checked: one.id === shippingOption().id }),
    el("label", { for: `ship-${one.id}` }, el("b", {}, t.ship[one.id]), el("span", { class: "soft" }, arrival(one)), el("span", { class: "price" }, one.price ? money(one.price) : t.free)))));
  byId("wrap").checked = Boolean(draft().wrap);
  byId("note").value = draft().note ?? "";
  shipping.addEventListener("change", () => {
    keep({ shipping: shipping.elements.shipping.value, wrap: byId("wrap").checked });
    drawSummary();
  });
  guard(shipping, (values) => {
    keep({ shipping: values.shipping, wrap: "wrap" in values, note: values.note });
    if (lines().length) track("add_shipping_info", { ...value(), shipping_tier: values.shipping });
    go("/checkout/payment/");
  });
}
