/* Fetched only where a page asks for it: questions and answers inside the page
 * (`<help-nook mode="inline" topic="delivery">`), and the overlay of `data-debug`. */

const el = (name, text, className) => Object.assign(document.createElement(name), { textContent: text ?? "", className: className || "" });
const styled = (host, css) => {
  const shadow = host.shadowRoot || host.attachShadow({ mode: "open" });
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadow.adoptedStyleSheets = [sheet];
  } catch {}
  return shadow;
};

/** Fills every inline element of the page, and those that come later: each when it comes near. */
export function inline(env) {
  const { config, guard } = env;
  const wish = (config.lang || env.lang).toLowerCase().replace("_", "-");
  const listed = (config.languages || "").toLowerCase().split(/[\s,]+/).filter(Boolean);
  const short = wish.split("-")[0];
  const langs = [...new Set([...[wish, short].filter((one) => !listed[0] || listed.includes(one)), listed[0] || "en"])];
  const address = (lang) => {
    const index = config.index ? config.index.replace("{lang}", lang) : lang + ".hnx";
    return new URL(index.replace(/\.hnx(\.gz)?(?=$|\?)/, ".topics.json"), config.index ? document.baseURI : env.base).href;
  };
  let topics;
  const load = async () => {
    for (const lang of langs) {
      const answer = await fetch(address(lang)).catch(() => {});
      if (answer && answer.ok) return answer.json();
    }
    throw new Error("no topics");
  };
  const fill = async (host) => {
    const help = await (topics ||= load());
    const wanted = (host.getAttribute("topic") || "").split(/[\s,]+/).filter(Boolean);
    const fits = (group, article) => !wanted[0] || wanted.includes(group.id) || wanted.includes(article.id);
    const all = help.collections.flatMap((group) => group.articles.filter((article) => fits(group, article)));
    const limit = +host.getAttribute("limit") || 6;
    const shadow = styled(host, CSS);
    const list = el("ul");
    list.lang = help.lang;
    for (const article of all.slice(0, limit)) {
      const button = el("button", article.title);
      button.type = "button";
      button.onclick = () => guard(() => env.core().then((core) => core.article(article.id)));
      const summary = el("p", article.summary);
      const item = el("li");
      item.append(button, summary);
      list.append(item);
    }
    shadow.replaceChildren(list);
    if (!all[0]) env.warn(`<help-nook mode="inline" topic="${wanted.join(" ")}"> finds no collection or article of that id`);
  };
  const near = new IntersectionObserver(
    (seen) => {
      for (const { isIntersecting, target } of seen) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        guard(() => fill(target).catch(() => env.warn("the topics for an inline element could not be loaded; see that .topics.json lies beside the index")));
      }
    },
    { rootMargin: "300px" },
  );
  for (const host of document.querySelectorAll("help-nook[mode=inline]")) near.observe(host);
  env.undo.push(() => {
    near.disconnect();
    for (const host of document.querySelectorAll("help-nook[mode=inline]")) if (host.shadowRoot) host.shadowRoot.replaceChildren();
  });
}

const CSS = `:host{display:block;font:inherit;color:inherit}
ul{list-style:none;margin:0;padding:0;display:grid;gap:2px}
li{border-bottom:1px solid color-mix(in srgb,currentColor 18%,transparent)}
li:last-child{border:0}
button{all:unset;box-sizing:border-box;display:block;width:100%;min-height:44px;padding:11px 0 2px;cursor:pointer;font-weight:600}
button:hover{text-decoration:underline}
button:focus-visible{outline:2px solid currentColor;outline-offset:2px;border-radius:4px}
p{margin:0 0 11px;opacity:.8;font-size:.93em;line-height:1.45}`;

const KINDS = ["signal", "page", "words"];
/* Names of page types, signals and sources in the order of their numbers, put here by the build. */
const PAGES = /*PAGES*/[]/*END*/;
const SIGNALS = /*SIGNALS*/[]/*END*/;
const SOURCES = /*SOURCES*/[]/*END*/;

/** What is known and why each article is suggested, for whoever builds the shop. */
export function debug(env, told, suggestions, lines) {
  let host = document.querySelector("help-nook-debug");
  if (!host) {
    host = document.createElement("help-nook-debug");
    document.body.append(host);
    env.undo.push(() => host.remove());
  }
  const shadow = styled(host, ":host{position:fixed;left:8px;bottom:8px;z-index:2147482999;max-width:min(420px,60vw);max-height:45vh;overflow:auto;background:#111e;color:#eee;font:12px/1.4 ui-monospace,monospace;border-radius:8px}details{padding:6px 10px}summary{cursor:pointer}pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:4px 0}");
  const open = shadow.querySelector("details") ? shadow.querySelector("details").open : false;
  const box = el("details");
  box.open = open;
  const page = lines.split("\n").map((line) => line.split("\t"));
  const row = (key) => page.filter(([name]) => name === key).map(([, ...rest]) => rest.join(" = "));
  box.append(
    el("summary", `helpnook: ${PAGES[told.page]} (${told.confidence} %, by ${SOURCES[told.source]}), signals: ${row("signal").join(", ") || "none"}`),
    el("pre", suggestions.map((one) => `${one.score.toFixed(3)} ${one.id}: ${KINDS[one.kind]} ${[SIGNALS, PAGES, []][one.kind][one.of] || ""} ${one.words || ""}`).join("\n") || "no suggestion"),
    el("pre", told.say ? `says: ${told.say} ${told.offer}` : "says nothing"),
    el("pre", ["attr", "fact", "cue", "global", "dl", "ld", "meta", "path", "arm", "visits"].flatMap((key) => row(key).slice(0, 12).map((text) => `${key}: ${text}`)).join("\n")),
  );
  shadow.replaceChildren(box);
}
