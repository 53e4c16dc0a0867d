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
  const shadow = styled(host, DEBUG_CSS);
  const before = shadow.querySelector("details");
  const box = el("details");
  box.open = !!before && before.open;
  const page = lines.split("\n").map((line) => line.split("\t"));
  const rows = (key) => page.filter(([name]) => name === key).map(([, ...rest]) => rest.filter(Boolean).join(" = "));
  const signals = page.filter(([name]) => name === "signal").map(([, name, count]) => (count > 1 ? `${name} ×${count}` : name));
  const part = (title, all) => {
    if (!all[0]) return;
    const list = el("dl");
    for (const [name, value] of all) list.append(el("dt", name), el("dd", value));
    box.append(el("h2", title), list);
  };
  box.append(el("summary", `helpnook: ${PAGES[told.page]} (${told.confidence} %, by ${SOURCES[told.source]})${signals[0] ? ", " + signals.join(", ") : ""}`));
  const why = (one) => [KINDS[one.kind], [SIGNALS, PAGES, []][one.kind][one.of], one.words && `“${one.words}”`].filter(Boolean).join(" ");
  part("suggests", suggestions[0] ? suggestions.map((one) => [one.score.toFixed(3), `${one.id} (${why(one)})`]) : [["", "nothing"]]);
  part("says", told.say ? [["line", told.say], ...(told.offer ? [["opens", told.offer]] : []), ["manners", `${told.cap || 1} a visit, ${told.pause || 1} min apart`]] : [["", "nothing"]]);
  for (const [title, keys] of READ) part(title, keys.flatMap((key) => rows(key).slice(0, 12).map((text) => [key, text])));
  shadow.replaceChildren(box);
}

/* What the overlay shows of the page as it was read, by the keys of its lines. */
const READ = [
  ["told by the shop", ["attr"]],
  ["seen on the page", ["fact", "cue", "label", "h"]],
  ["said by the page", ["class", "global", "dl", "ld", "meta"]],
  ["this visit", ["path", "visits", "dwell", "arm", "device", "read", "helped", "failed"]],
];
const DEBUG_CSS = `:host{position:fixed;left:8px;bottom:8px;z-index:2147482999;max-width:min(440px,60vw);max-height:60vh;overflow:auto;scrollbar-width:thin;scrollbar-color:#666 transparent;background:#16181bf2;color:#e8e8e8;font:12px/1.45 ui-monospace,monospace;border-radius:8px;box-shadow:0 4px 16px #0006}
details{padding:0 12px}
summary{cursor:pointer;padding:8px 0;font-weight:600}
details[open]{padding-bottom:10px}
h2{margin:8px 0 2px;font:inherit;font-weight:600;color:#8fd3b6;border-top:1px solid #fff2;padding-top:6px}
dl{display:grid;grid-template-columns:max-content 1fr;gap:1px 10px;margin:0}
dt{color:#9aa3ad}
dd{margin:0;overflow-wrap:anywhere}`;
