/* Helpnook's optional service worker: pages that a shopper has seen, and the help on them, work
 * without a network. It lies on the shop's own origin and is registered only after the shopper has
 * opened the help (`data-sw="/helpnook-sw.js"`).
 *
 * It leaves alone what is not its business: requests that are no GET, of other schemes, of the
 * shop's basket, checkout and account, and whatever asks not to be stored. */

const CACHE = "helpnook-v1";
const MOST_PAGES = 40;
const PATIENCE_MS = 4000;
/** Files of a release carry their hash in the name and never change. */
const HASHED = /\/(engine|panel|chat|page|open|watch|trouble|words|extra|events|vendors|fallback|helpnook|talk|answers)-[\da-f]{6,}\.(js|wasm|bin|txt)$/;
const HELP = /(\.hnx(\.gz)?|\.topics\.json|\/helpnook\.js)$/;
/** Pages that are the shopper's own, or whose old state would mislead. */
const PRIVATE = /(^|[\/_-])(cart|basket|checkout|account|login|order|orders|payment|warenkorb|kasse|konto|panier|commande|compte|carrinho|conta|cos|cont|comanda)($|[\/._-])/i;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || !/^https?:$/.test(url.protocol) || request.headers.has("range")) return;
  if (HASHED.test(url.pathname)) event.respondWith(first(request));
  else if (HELP.test(url.pathname)) event.respondWith(network(request));
  else if (url.origin === location.origin && /^(document|style|script|image|font)$/.test(request.destination) && !PRIVATE.test(url.pathname)) event.respondWith(network(request));
});

/** What the page had fetched before this worker was there. */
self.addEventListener("message", (event) => {
  const addresses = event.data && event.data.keep;
  if (!Array.isArray(addresses)) return;
  event.waitUntil(
    Promise.all(
      addresses.slice(0, 120).map(async (address) => {
        try {
          const url = new URL(address);
          const wanted = HASHED.test(url.pathname) || HELP.test(url.pathname) || url.origin === location.origin;
          if (!wanted || PRIVATE.test(url.pathname) || url.pathname.startsWith("/v1/")) return;
          const cache = await caches.open(CACHE);
          if (await cache.match(address)) return;
          const answer = await fetch(address, url.origin === location.origin ? {} : { mode: "cors" });
          if (keeps(answer)) await cache.put(address, answer);
        } catch {}
      }),
    ),
  );
});

const keeps = (answer) => answer && answer.ok && answer.type !== "opaque" && !/no-store/.test(answer.headers.get("cache-control") || "");

async function put(request, answer) {
  const cache = await caches.open(CACHE);
  await cache.put(request, answer);
  if (request.destination !== "document") return;
  // The oldest pages go first; keys come in the order they were put.
  const pages = (await cache.keys()).filter((one) => one.destination === "document" || one.mode === "navigate");
  for (const old of pages.slice(0, Math.max(0, pages.length - MOST_PAGES))) await cache.delete(old);
}

async function first(request) {
  const kept = await caches.match(request.url);
  if (kept) return kept;
  const answer = await fetch(request);
  if (keeps(answer)) await put(request.url, answer.clone());
  return answer;
}

async function network(request) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const asked = fetch(request).then(async (answer) => {
    if (keeps(answer)) await put(request, answer.clone());
    return answer;
  });
  asked.catch(() => {});
  try {
    const answer = await Promise.race([asked, late]);
    if (answer) return answer;
    return (await caches.match(request, { ignoreVary: true })) || (await asked);
  } catch (error) {
    const kept = await caches.match(request, { ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}
