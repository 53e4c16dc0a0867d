// Sorting and the sale filter of a category.
import { byId, t } from "./core.js";

const form = byId("sorting");
const list = document.querySelector("[data-list]");
const ours = [...list.children];

form.addEventListener("change", () => {
  const [, minus, field] = form.sort.value.match(/^(-?)(\w*)$/);
  const cards = ours.filter((card) => !form.sale.checked || "sale" in card.dataset);
  if (field) cards.sort((a, b) => (a.dataset[field] - b.dataset[field]) * (minus ? -1 : 1));
  list.replaceChildren(...cards);
  byId("none").textContent = cards.length ? "" : t.no_sale;
});
