// Runs on every page: basket count, language menu, newsletter, lists of products.
import { byId, gaItem, t, track } from "./core.js";
import { count } from "./cart.js";
import { guard } from "./forms.js";

function showCount() {
  const n = count();
  for (const badge of document.querySelectorAll("[data-count]")) {
    badge.textContent = n;
    badge.hidden = n === 0;
  }
}
showCount();
document.addEventListener("cart:change", showCount);
window.addEventListener("storage", showCount);

const langs = document.querySelector(".langs");
document.addEventListener("click", (e) => {
  if (!langs.contains(e.target)) langs.open = false;
});
langs.addEventListener("keydown", (e) => {
  if (e.key !== "Escape" || !langs.open) return;
  langs.open = false;
  langs.querySelector("summary").focus();
});

const newsletter = byId("newsletter");
if (newsletter) {
  guard(newsletter, (_, form) => {
    form.querySelector("[role=status]").textContent = t.newsletter;
    form.reset();
  });
}

for (const list of document.querySelectorAll("[data-list]")) {
  const items = [...list.querySelectorAll("[data-item]")].map((card, index) => ({ ...gaItem({ slug: card.dataset.item }), index }));
  track("view_item_list", { item_list_id: list.dataset.list, items });
}
