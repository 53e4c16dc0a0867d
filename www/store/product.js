// The product page: colour and size, adding to the basket, size guide, fit finder, back in stock.
import { byId, el, fill, gaItem, product, t, track } from "./core.js";
import { add } from "./cart.js";
import { arrival, countryName, homeCountry, options } from "./delivery.js";
import { guard } from "./forms.js";
import { showMiniCart } from "./minicart.js";

const buy = byId("buy");
const slug = buy.dataset.slug;
const { name, price } = product(slug);
track("view_item", { value: price / 100, items: [gaItem({ slug })] });

const colour = () => new FormData(buy).get("colour");
const size = () => new FormData(buy).get("size");
const sizes = byId("size-group");

buy.addEventListener("change", ({ target }) => {
  if (target.name === "colour") {
    buy.querySelector("[data-colour-name]").textContent = t.colour[target.value];
    byId("photo").src = `/store/img/${slug}.svg#${target.value}`;
    byId("photo").alt = `${name}, ${t.colour[target.value]}`;
  }
  if (target.name === "size") sizeError("");
});

function sizeError(text) {
  byId("size-error").textContent = text;
  for (const one of sizes.querySelectorAll("input:enabled")) {
    if (text) {
      one.setAttribute("aria-invalid", "true");
      one.setAttribute("aria-describedby", "size-error");
    } else {
      one.removeAttribute("aria-invalid");
      one.removeAttribute("aria-describedby");
    }
  }
}

buy.addEventListener("submit", (e) => {
  e.preventDefault();
  if (!size()) {
    sizeError(t.choose_size);
    sizes.querySelector("input:enabled").focus();
    return;
  }
  add({ slug, colour: colour(), size: size(), qty: Number(buy.quantity.value) });
  showMiniCart();
});

byId("size-guide-open").addEventListener("click", () => byId("size-guide").showModal());
byId("fit-finder-open").addEventListener("click", () => byId("fit-finder").showModal());

// Thick layers and a liking for room each ask for one size more; jackets run slightly slim, so there both count.
byId("fit").addEventListener("submit", (e) => {
  e.preventDefault();
  const form = e.target;
  const names = [...form.usual.options].map((one) => one.text);
  const wish = Number(form.under.value) + Number(form.feel.value);
  const step = form.dataset.category === "jackets" ? wish : Math.min(wish, 1);
  const advice = names[Math.min(Number(form.usual.value) + step, names.length - 1)];
  form.querySelector("[role=status]").textContent = fill(t.fit_advice, { size: advice });
});

const restock = byId("restock");
if (restock) {
  guard(restock, (_, form) => {
    form.querySelector("[role=status]").textContent = t.restock_done;
    form.email.value = "";
  });
}

const promise = document.querySelector("[data-promise]");
if (promise) {
  const [standard] = options(homeCountry, price);
  promise.append(" ", el("b", {}, fill(t.promise, { country: countryName(homeCountry), days: arrival(standard) })));
}
