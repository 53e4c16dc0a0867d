// Search over the product list that comes with the page.
import { base, byId, el, fill, money, photo, products, t, track } from "./core.js";

const texts = JSON.parse(byId("texts").textContent);
const flat = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const wanted = new URLSearchParams(location.search).get("q")?.trim() ?? "";
byId("q").value = wanted;

if (wanted) {
  const words = flat(wanted).split(/\s+/);
  const found = products.filter((p) => {
    const text = flat([p.name, p.line, texts[p.slug], t.cat[p.category], ...p.colours.map((c) => t.colour[c])].join(" "));
    return words.every((word) => text.includes(word));
  });
  track("search", null, { search_term: wanted });
  byId("search-status").textContent = fill(found.length ? t.found : t.found_none, { count: found.length, query: wanted });
  byId("search-tips").hidden = found.length > 0;
  byId("search-results").append(...found.map((p) => el("li", { class: "card" },
    el("a", { href: `${base}/product/${p.slug}/` }, photo(p.slug, p.colours[0], 400), el("h2", {}, p.name)),
    el("p", { class: "line" }, p.line),
    el("p", { class: "cost" }, money(p.price)))));
}
