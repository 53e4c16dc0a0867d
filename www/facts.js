/* Writes the page down as the lines that the engine reads: what the page says of itself in
 * structured data, meta elements, `dataLayer`, inline scripts of shop platforms, headings, and
 * which kinds of fields and buttons it has. No field's value is ever read. */

const MAX_CHARS = 30000;
const MAX_VALUE = 300;

/* What names, actions and labels of controls contain, lower case, without hyphens and underscores, separated by `|`. JSON, because
 * `helpnook explain` reads the same table out of this file. */
export const WORDS = /*WORDS*/{
  "addAction": "cart/add|addtocart|addtobasket|basket/add|lineitem/add|cart.php?action=add|addproduct|addtobag|warenkorb/add|panier/ajout|additemtocart",
  "addText": "add to cart|add to basket|add to bag|add to trolley|in den warenkorb|ajouter au panier|adicionar ao c|adicionar à c|adaugă în coș|adauga in cos|adaugă in coș|al carrito|a la cesta|aggiungi al carrello|in winkel|do koszyka",
  "soldOut": "sold out|out of stock|ausverkauft|nicht vorrätig|épuisé|rupture de stock|esgotado|fora de stock|stoc epuizat|indisponibil|agotado|sin existencias|esaurito|uitverkocht|wyprzedane|outofstock|unavailable|soldout|nicht auf lager|nicht verfügbar|nicht lieferbar|udsolgt|slutsåld|нет в наличии|缺货|売り切れ",
  "quantity": "qty|quantit|menge|anzahl|updates[|cantid|quantid|cantit|antal|ilość|ilosc|množ|mnoz|adet|mennyis",
  "checkoutLink": "checkout|/kasse|zurkasse|/caisse|/commande|commander|finalizar|/order|/cassa|/kassa|bestellen|onepage",
  "coupon": "coupon|voucher|promo|discount|gutschein|reduc|remise|cupom|cupao|cupón|cupon|descuento|sconto|buono|korting|rabat|giftcard|redemption",
  "address": "postcode|postal|zip|plz|street|strasse|address1|line1|adresse1|ville|addresslevel2|city|localidade|cap",
  "card": "ccnumber|ccexp|cccsc|cardnum|cvv|cvc",
  "cardFrame": "shopifycs|cardfields|redsys|nexi|payu|square|stripe|braintree|adyen|hostedfield|cardnumber|checkout.com|mollie|worldpay|cybersource",
  "order": "ordernumber|orderid|orderno|orderreference|oarorder|bestellnummer|auftragsnummer|numerocommande|numcommande|numeropedido|numencomenda|numarcomanda",
  "shipping": "shipping|delivery|livraison|versand|carrier|envio|entrega|livrare|spedizione|verzend|shipment|dostaw|doprav|leveran|frakt",
  "payment": "payment|paymethod|zahlung|paiement|pagamento|pago|plata|betaal|betaling|platnos|billingmethod|betaln|platb",
  "placeText": "place order|place your order|buy now|pay now|complete order|complete purchase|submit order|confirm order|order now",
  "variant": "size|colour|color|variant|größe|grösse|groesse|farbe|taille|couleur|pointure|tamanho|mărime|marime|culoare|talla|taglia|maat|kleur|rozmiar|attribute|group[|options[|option["
}/*END*/;

/* Where shops show facts: selectors, the most telling first. Read by `helpnook explain` too. */
const PLACES = /*PLACES*/{
  "order": ".woocommerce-order-overview__order strong,.order-number,.checkout-success p>span,.finish-ordernumber,#order-reference-value,.os-order-number,[data-order-number],.order-reference,.ordernumber",
  "line": ".cart_item,.cart-item,.cart__row,.cart.item,.basket-items,.line-item-product,.basket-item,.cart-line,[class*=cart-items__row],[data-testid*=cart-item]",
  "total": "[class*=grand i],[class*=due__],[class*=order-total i],[class*=footer-item],[class*=summary-list-item],#basket_totals h3,[class*=total i]:not([class*=sub i]),[data-testid*=total i],[class*=subtotal-value]",
  "price": "[class*=price i],[class*=prix i],[class*=preis i],[class*=prec i],[class*=prezzo i],[class*=prijs i],[class*=cena i],[class*=pret i]",
  "past": "del,s,strike,[class*=old-price i],[class*=price-old i],[class*=oldprice i],[class*=was-price i],[class*=compare i],[class*=non-sale],[class*=rrp],.regular-price",
  "shelf": "[class*=stock i],[class*=avail i],[id*=avail i]",
  "logged-in": "[href*=logout i],[href*=log-out i],[href*=signout i],[href*=sign-out i],[href*=sign_out i],[href*=abmelden i],[href*=deconnexion i],[action*=logout i]"
}/*END*/;
/* What shop platforms write into inline scripts: page names, and facts as `fact.<name>`. The first
 * match counts. Read by `helpnook explain` too. */
const SCRIPTS = /*SCRIPTS*/{
  "Shopify.pageType": "\"pageType\"\\s*:\\s*\"([\\w/-]+)\"",
  "Shopify.step": "Shopify\\.Checkout\\.(?:step|page)\\s*=\\s*\"(\\w+)\"",
  "prestashop.page_name": "\"page_name\"\\s*:\\s*\"([\\w-]+)\"",
  "BigCommerce.pageType": "stencilBootstrap\\(\\s*[\"'](\\w+)[\"']",
  "fact.currency": "(?:Shopify\\.currency\\s*=\\s*\\{\\s*\"active\"\\s*:\\s*|\"currency\"\\s*:\\s*\\{[^{}]*\"iso_code\"\\s*:\\s*|\"currency(?:_?[cC]ode)?\"\\s*:\\s*)\"([A-Z]{3})\"",
  "fact.customer-state": "(?:\"is_logged\"\\s*:\\s*|__st=[^;]*\")(true|cid)",
  "fact.basket-total": "\"totals\"\\s*:\\s*\\{\\s*\"total\"\\s*:\\s*\\{[^{}]*\"amount\"\\s*:\\s*([1-9][\\d.]*)",
  "fact.stock": "BCData[^;]{0,400}\"instock\"\\s*:\\s*(true|false)"
}/*END*/;
/* An order's number after a word for it, an amount of money, and the signs of currencies, some by the page's language. */
const ORDER = /*ORDER*/"(?:order|commande|bestell|auftrag|pedido|encomenda|comand|ordine|bestelling|zam[oó]wieni|objedn|sipari|rendel|παραγγελ|注文|订单)[^\\d]{0,30}?([A-Z]{0,4}-?\\d[\\d-]{2,})"/*END*/;
const MONEY = /*MONEY*/"(\\d{1,3}(?:[.,\\s'’]\\d{3})+|\\d+)(?:[.,](\\d\\d?))?(?:\\D|$)"/*END*/;
const SIGNS = /*SIGNS*/{"€": "EUR", "£": "GBP", "R$": "BRL", "A$": "AUD", "C$": "CAD", "$": "USD", "zł": "PLN", "lei": "RON", "Kč": "CZK", "Ft": "HUF", "₺": "TRY", "TL": "TRY", "¥": "JPY", "￥": "JPY", "円": "JPY", "元": "CNY", "¥zh": "CNY", "￥zh": "CNY", "CHF": "CHF", "₽": "RUB", "₪": "ILS", "₹": "INR", "kr": "SEK", "krda": "DKK", "krnb": "NOK", "krno": "NOK"}/*END*/;

/** Parts of a page that are not what the page is about. */
const ASIDE = "header,footer,nav,aside,dialog,[role=dialog],[role=banner],[role=navigation],[role=contentinfo],[aria-modal=true],[hidden],[aria-hidden=true],.minicart,.mini-cart,#minicart,.cart-drawer,.offcanvas";

/* One pattern is asked many times faster than each word in turn. */
const pattern = (words) => new RegExp(words.replace(/[-_]/g, "").replace(/[^\w|]/g, "\\$&"));
const lists = {};
// Of our own names only: shops put names of theirs on every object.
for (const name of Object.keys(WORDS)) lists[name] = pattern(WORDS[name]);
/** Words of more languages, once they are fetched. */
export const widen = (words) => {
  here = "";
  for (const name of Object.keys(words)) lists[name] = pattern(WORDS[name] + "|" + words[name]);
};
/** Whether the text says one of the words. */
export const says = (text, name) => lists[name].test(text.toLowerCase().replace(/[-_]/g, ""));
const clean = (text) => String(text ?? "").replace(/\s+/g, " ").trim().slice(0, MAX_VALUE);
/** Text of an element, without reading more of a huge one than is kept. */
export const textOf = (element) => clean((element.textContent || "").slice(0, 4 * MAX_VALUE));
/** An attribute, even of a form with a field of the name `getAttribute`. */
export const attr = (element, name) => Element.prototype.getAttribute.call(element, name) || "";
/** The first elements of a kind; on a page of many those beyond are not even touched. */
const some = (selector, most, root = document) => {
  const all = root.querySelectorAll(selector);
  const out = [];
  while (out.length < most && out.length < all.length) out.push(all[out.length]);
  return out;
};
/** Whether an element is part of what the page is about; asked once for each element above it. */
let known = new WeakMap();
const inside = (element) => {
  if (!element) return true;
  if (!known.has(element)) known.set(element, !element.matches(ASIDE) && inside(element.parentElement));
  return known.get(element);
};
/** An amount as a number, `1 214,99 zł` as `1214.99`; empty for a text without one. */
const amountIn = (text) => {
  const [, whole, cents] = new RegExp(MONEY).exec(text) || [];
  return whole ? whole.replace(/\D/g, "") + (cents ? "." + cents : "") : "";
};
const signs = Object.entries(SIGNS).flat().join("|").replace(/\$/g, "\\$");
const CASH = new RegExp(`(${signs})\\s?\\d|\\d\\s?(${signs})`);
const attempt = (run) => {
  try {
    return run();
  } catch {}
};

/** What a control is called: everything but what stands in it. */
export function nameOf(control) {
  const said = ["name", "id", "autocomplete", "aria-label", "placeholder"].map((name) => attr(control, name));
  return said.join(" ").toLowerCase();
}

/** Text of the label of a control. */
export function labelOf(control) {
  const label = attempt(() => control.labels[0]) || attempt(() => document.getElementById(attr(control, "aria-labelledby")));
  return label ? textOf(label) : clean(attr(control, "aria-label") || attr(control, "placeholder"));
}

/** Whether the address is one of a product search. */
export const isSearch = () => /[?&](q|s|query|search\w*)=|search|such|recherche|busca|pesquisa|cerca|caut|zoek|szuk/i.test(location.pathname + location.search);

/** Collects lines up to the bound. */
function writer() {
  let text = "";
  const line = (...parts) => {
    const cells = parts.map(clean);
    const next = cells.join("\t") + "\n";
    if (cells[1] && text.length + next.length < MAX_CHARS) text += next;
  };
  return { line, text: () => text };
}

const variant = () => (/[?&]variant=([^&#]+)/.exec(location.search) || [])[1];
/** The product that the address names by its variant. */
const chosen = (all) => variant() ? all.filter((one) => JSON.stringify(one).includes(`variant=${variant()}`)).concat(all) : all;

/** Calls `leaf(path, value)` for the plain values inside, a bounded number of them; getters may throw. */
function flatten(value, path, leaf, room = { left: 150 }, depth = 0) {
  if (room.left <= 0 || depth > 6 || value == null) return;
  if (typeof value === "object") {
    if (value.nodeType || value === window) return;
    for (const key of Object.keys(value).slice(0, 40)) {
      if (/^(review|image|description|articleBody|aggregateRating|gtm)/.test(key)) continue;
      // What a list begins with goes by the list's name; of a group's products the chosen one comes first.
      attempt(() => flatten(key === "hasVariant" ? chosen(value[key]) : value[key], key === "0" ? path : path ? path + "." + key : key, leaf, room, depth + 1));
    }
  } else if (typeof value !== "function" && value !== "") {
    room.left -= 1;
    leaf(path, value);
  }
}

function structuredData(out) {
  const line = (key, path, value) => out(key, path, /price$/i.test(path) && isNaN(value) ? amountIn(value) : value);
  let at = 0;
  for (const script of some('script[type="application/ld+json" i]', 12)) {
    const text = script.textContent.slice(0, 100000);
    // Shops forget a comma too many, raw line ends in strings, and comments around it all.
    const mended = () => JSON.parse(text.replace(/<!--|-->|\/\*.*?\*\/|\/\/<!\[CDATA\[|\/\/\]\]>/g, "").replace(/[\u0000-\u001f]+/g, " ").replace(/,\s*([}\]])/g, "$1").trim().replace(/;$/, ""));
    const data = attempt(() => JSON.parse(text)) || attempt(mended);
    const things = Array.isArray(data) ? data.slice(0, 12) : [data];
    for (const thing of things) flatten(thing, String(at++), (path, value) => line("ld", path, value));
  }
  // Microdata and RDFa: things that are not part of another thing.
  at = 0;
  const room = { left: 200 };
  for (const [scope, type, prop] of [["itemscope", "itemtype", "itemprop"], ["typeof", "typeof", "property"]]) {
    for (const thing of some(`[${scope}]:not([${prop}])`, 20)) {
      if (!attr(thing, type) || !inside(thing)) continue;
      const path = "m" + at++;
      line("ld", path + ".@type", attr(thing, type));
      for (const one of some(`[${prop}]`, 60, thing)) {
        if (room.left-- <= 0 || /^(input|select|textarea)$/i.test(one.tagName)) continue;
        const within = [];
        let outer = one.parentElement;
        for (; outer && outer !== thing; outer = outer.parentElement) if (outer.hasAttribute(scope)) within.unshift(attr(outer, prop) || "?");
        const where = [path, ...within, attr(one, prop)].join(".");
        if (one.hasAttribute(scope)) line("ld", where + ".@type", attr(one, type));
        else if (!/review|description|image/.test(where)) line("ld", where, attr(one, "content") || attr(one, "href") || textOf(one));
      }
    }
  }
}

/** Pushes since the last navigation; `gtag` pushes its arguments instead of an object. */
export function pushes(since) {
  const layer = attempt(() => window.dataLayer);
  if (!Array.isArray(layer)) return [];
  return attempt(() =>
    layer.slice(Math.max(since, layer.length - 60)).map((push) => {
      if (push && push[0] === "event") return { event: String(push[1]), ecommerce: push[2] };
      return push && typeof push === "object" ? push : {};
    }),
  ) || [];
}

function dataLayer(line, since) {
  for (const push of pushes(since)) {
    const event = clean(attempt(() => push.event) || "data");
    if (/^gtm\./.test(event)) continue;
    const lines = attempt(() => (push.ecommerce.items || push.ecommerce.products || (push.ecommerce.checkout || push.ecommerce.purchase).products).length);
    if (lines) line("dl", event, "n_items=" + lines);
    let any = false;
    flatten(push, "", (path, value) => {
      if (path === "event") return;
      any = true;
      line("dl", event, path + "=" + clean(value));
    }, { left: 40 });
    if (!any) line("dl", event, "");
  }
}

function platforms(line) {
  const seen = new Set();
  for (const script of some("script", 80)) {
    if (script.src || /json/.test(script.type)) continue;
    const text = script.textContent.slice(0, 50000);
    for (const name of Object.keys(SCRIPTS)) {
      const found = !seen.has(name) && new RegExp(SCRIPTS[name]).exec(text);
      if (found) {
        seen.add(name);
        line("global", name, found[1]);
      }
    }
  }
  const action = document.querySelector(".page[data-action]");
  if (action) line("global", "sfcc.action", action.dataset.action);
}

/** Selectors for every known place are too much work on a page without end. */
const isSmall = () => document.getElementsByTagName("*").length < 10000;
/** How many fields for an amount the page has. */
let amounts;

/** What the page shows at known places. */
function places(line) {
  if (!isSmall()) return;
  const at = (name, beside = inside) => some(PLACES[name], 40).filter(beside);
  const code = /[A-Z]{0,5}-?\d[\w-]{2,}|[A-Z]{8,}$/;
  const order = code.exec(at("order").map(textOf).find((text) => text.length < 60 && code.test(text))) || new RegExp(ORDER, "i").exec(
    some("h1,h2,h3,p,li,dd,td,strong", 80).filter(inside).map(textOf).find((text) => text.length < 200 && new RegExp(ORDER, "i").test(text)),
  );
  if (order) line("fact", "order", order[1] || order[0]);
  line("fact", "basket-lines", at("line").length || amounts || "");
  // The sum of all may stand beside a checkout, and in no line; of several the most telling one counts.
  const ranks = PLACES.total.split(",");
  const rank = (one) => ranks.findIndex((css) => one.matches(css));
  const sums = at("total", (one) => !one.closest("header,[class*=minicart],[class*=mini-cart]," + PLACES.line)).sort((one, other) => rank(one) - rank(other));
  const isPast = (one) => one.closest(PLACES.past);
  for (const [all, fact] of [[sums, "basket-total"], [at("price").filter((one) => !isPast(one)), "price"]]) {
    // Without what it cost before.
    const now = (one) => some(PLACES.past, 5, one).reduce((text, past) => text.replace(textOf(past), ""), textOf(one.querySelector("ins") || one));
    const said = all.map(now).find((text) => text.length < 60 && CASH.test(text));
    if (!said) continue;
    const found = CASH.exec(said);
    const sign = found[1] || found[2];
    line("fact", fact, amountIn(said));
    line("fact", "currency", SIGNS[sign + document.documentElement.lang.slice(0, 2)] || SIGNS[sign] || sign);
  }
  line("fact", "variant", variant());
  if (document.querySelector(PLACES["logged-in"])) line("cue", "logged-in");
  for (const one of some("dialog[open],[role=dialog],[aria-modal=true],[class*=drawer i],[class*=offcanvas i],[class*=minicart i],[class*=mini-cart i]", 20)) {
    const { x, y, width, height } = one.getBoundingClientRect();
    // Open when it is what lies on top there, wherever the shop slides or fades it in from.
    if (width < 150 || height < 150 || !one.contains(document.elementFromPoint(x + width / 2, y + height / 2))) continue;
    if (some("a[href],form[action],button", 60, one).some(goesOn)) line("cue", "cart-open");
  }
}
/** Whether it leads to the checkout. */
const goesOn = (one) => says(`${attr(one, "href") || attr(one, "action")} ${one.name || ""} ${one.id}`, "checkoutLink");

/** Which kinds of fields and buttons the page has. */
function cues(line) {
  const found = new Set();
  const controls = some("input,select,textarea,button,[role=radiogroup]", 600).filter(inside);
  const fields = controls.filter((control) => !/^(button|submit|image|reset|hidden)$/.test(control.type));
  const names = fields.map(nameOf);
  const count = (name) => names.filter((said) => says(said, name)).length;

  // Products to buy here, counted once a form.
  const adders = new Set();
  for (const form of some("form", 60)) {
    const about = `${attr(form, "action")} ${attr(form, "id")} ${attr(form, "class")}`;
    if (inside(form) && says(about, "addAction")) adders.add(form);
  }
  for (const control of controls) {
    const button = /^(button|submit|image)$/.test(control.type);
    const text = button ? textOf(control) + " " + attr(control, "aria-label") : "";
    if (!button) continue;
    if (says(text, "addText") || says(nameOf(control) + " " + attr(control, "class"), "addAction")) adders.add(control.form || control);
    if (says(text, "placeText")) found.add("place-order");
    if (says(text, "soldOut")) found.add("sold-out");
  }
  const shelf = isSmall() && some(PLACES.shelf, 9).find((one) => inside(one) && !one.closest("li,tr"));
  if (shelf && (says(attr(shelf, "class"), "soldOut") || says(textOf(shelf).slice(0, 99), "soldOut"))) found.add("sold-out");
  if (adders.size > 2) found.add("product-list");
  else if (adders.size || found.has("sold-out")) found.add("add-to-cart");
  // Things with a picture and a price each.
  else if (some("a[href] img", 60).filter((one) => inside(one) && CASH.test(textOf(one.closest("li,article,[class*=card i]") || one))).length > 3) found.add("cards");
  amounts = fields.filter((field, at) => says(names[at], "quantity") && !adders.has(field.form)).length;
  if (amounts && some("a[href],form[action],button", 600).some((one) => goesOn(one) && inside(one))) found.add("cart-table");

  if (count("coupon")) found.add("coupon-field");
  if (count("address") > 1) found.add("address-fields");
  if (count("card")) found.add("card-fields");
  for (const frame of some("iframe", 20)) {
    if (inside(frame) && says(`${attr(frame, "src")} ${attr(frame, "name")} ${attr(frame, "title")}`, "cardFrame")) found.add("card-fields");
  }
  if (count("order")) found.add("order-number");
  if (count("variant") && adders.size) found.add("variant-picker");
  for (const [name, cue] of [["shipping", "shipping-choice"], ["payment", "payment-choice"]]) {
    const ways = fields.filter((field, at) => says(names[at], name));
    // One that is chosen elsewhere, or from a list, stands in a single field.
    if (ways.filter((field) => field.type === "radio").length > 1 || ways.some((field) => (field.readOnly || field.options) && /method/.test(nameOf(field)))) found.add(cue);
  }
  // Who signs in types one old password, who signs up a new one, who changes it both.
  const passwords = new Map();
  for (const field of fields) {
    if (attr(field, "type") !== "password") continue;
    const kinds = passwords.get(field.form) || [];
    kinds.push(/new/.test(attr(field, "autocomplete")) ? "new" : "old");
    passwords.set(field.form, kinds);
  }
  for (const kinds of passwords.values()) {
    const fresh = kinds.includes("new") || kinds.length > 1;
    if (!fresh) found.add("password-field");
    else if (!kinds.includes("old") || kinds.length === 2) found.add("new-password");
  }
  if (found.has("password-field")) found.delete("new-password");
  for (const area of fields) {
    if (area.tagName === "TEXTAREA" && area.form && attempt(() => [...area.form.elements].some((one) => one.type === "email")) && !says(nameOf(area), "order")) found.add("message-form");
  }
  for (const cue of found) line("cue", cue);
}

/** Classes, headings, and what stands in the head. */
function about(line) {
  // `document.body` may be a form of that name.
  const body = document.querySelector("body") || document.documentElement;
  line("class", `${body.id ? "#" + body.id : ""} ${attr(body, "class")} ${attr(document.documentElement, "class")}`);
  for (const heading of some("h1,h2", 40).filter(inside).sort((a, b) => a.tagName.localeCompare(b.tagName)).slice(0, 8)) line("h", textOf(heading));
  for (const meta of some("meta[property],meta[name]", 60)) {
    const name = attr(meta, "property") || meta.name;
    if (/^(og:(type|title|price|availability)|product:|description|generator)/.test(name)) line("meta", name, meta.content);
  }
}

/* What the page shows, kept where reading it takes more than a frame: at most a fiftieth of the time goes into that. */
const FRAME_MS = 16;
let here, shows, until;
const rest = (cost) => (until = cost > FRAME_MS ? performance.now() + 50 * cost : 0);

const PARTS = [about, platforms, cues, places, structuredData];
/** Whether something was read of this address. */
export const isRead = () => here === location.href;
/** Reads the page again, each part in a slice of its own; whether it shows something else than before. */
export const renew = async (slice) => {
  const parts = writer();
  const place = location.href;
  const before = here === place && shows;
  let cost = 0;
  for (const part of PARTS) {
    await slice();
    const from = performance.now();
    if (place !== location.href || (before && from < until)) return;
    known = new WeakMap();
    attempt(() => part(parts.line));
    cost += performance.now() - from;
  }
  here = place;
  rest(cost);
  return before !== (shows = parts.text());
};

/** The whole page as lines. `since`: where this page's part of the `dataLayer` begins; `kept`: what was read of this
 * address will do. */
export function snapshot({ config, attrs, who, read, helped, failed, dashed }, signals, labels, since, visit, kept) {
  const { line, text } = writer();
  known = new WeakMap();
  line("url", attempt(() => decodeURI(location.href)) || location.href);
  line("lang", document.documentElement.lang);
  line("title", document.title);
  const own = Object.keys(config).filter((key) => /^(pageType|customer\w*|product|basket)$/.test(key));
  const said = [...own.map((key) => [dashed(key), config[key]]), ...Object.entries(who || {}).slice(0, 40), ...Object.entries(attrs).slice(0, 40)];
  for (const [name, value] of said) if (value) line("attr", name, value);
  for (const [name, count] of signals) line("signal", name, count);
  for (const label of labels) line("label", label);
  for (const [key, ids] of [["read", read], ["helped", helped], ["failed", failed]]) for (const id of ids || []) line(key, id);
  for (const [key, value] of visit) line(key, value);
  const from = performance.now();
  if (here !== location.href || (!kept && from > until)) {
    const parts = writer();
    for (const part of PARTS) attempt(() => part(parts.line));
    here = location.href;
    shows = parts.text();
    rest(performance.now() - from);
  }
  attempt(() => dataLayer(line, since));
  return text() + shows;
}
