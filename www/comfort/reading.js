/* For whoever reads an article: its address, its words aloud, its print, its pictures large, its films in
 * place, why it did not help, and what was read lately. */

const LINK = "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1";
const SOUND = "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11";
const PRINT = "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z";
const CHECK = "M5 12.5l4.5 4.5L19 7.5";
const CLOSE = "M6 6l12 12M18 6L6 18";
const NEXT = "M9 5l7 7-7 7";
/** Read lately: kept in the tab, and no longer than the tab. */
const KEY = "helpnook.recent";
const MOST_KEPT = 8;
const MOST_SHOWN = 3;
const REASONS = ["off", "unclear", "old", "unhappy"];

/** What a printed article looks like. */
const PAPER = `@page{margin:18mm}body{margin:0;color:#000;background:#fff;font:11.5pt/1.5 system-ui,sans-serif}
h2{font-size:20pt;line-height:1.2;margin:0 0 10pt}h3,h4{font-size:13pt;margin:14pt 0 4pt}h2,h3,h4{break-after:avoid}tr,img,pre,.callout{break-inside:avoid}
a[href^=http]::after{content:" (" attr(href) ")";font-size:.85em;overflow-wrap:anywhere}.callout.warning{border-inline-start-width:5pt}.film a::after{content:" (" attr(href) ")"}p,ul,ol,table,pre,.callout{margin:0 0 9pt}
img{max-width:100%;height:auto}table{border-collapse:collapse;width:100%}th,td{border:.5pt solid #999;padding:4pt 6pt;text-align:start;vertical-align:top}
.callout{border-inline-start:2pt solid #000;padding-inline-start:9pt}pre{white-space:pre-wrap;font-size:10pt}a{color:inherit}small{color:#444}`;

export const start = ({ env, face, say, el, icon, button, find }) => {
  const { guard } = env;
  const talks = window.speechSynthesis && window.SpeechSynthesisUtterance ? window.speechSynthesis : undefined;
  let speaking;
  const kept = () => guard(() => JSON.parse(sessionStorage.getItem(KEY))) || [];
  const keep = (list) => guard(() => sessionStorage.setItem(KEY, JSON.stringify(list)));

  const hush = () => {
    const was = speaking;
    speaking = undefined;
    if (!was) return;
    talks.cancel();
    was.ariaPressed = "false";
    was.lastChild.textContent = say("listen");
  };
  /** Block by block: some voices end after a quarter of a minute. */
  const aloud = (press, article) => {
    if (speaking) return hush();
    speaking = press;
    press.ariaPressed = "true";
    press.lastChild.textContent = say("stop");
    const all = article.querySelectorAll(".question, .answer :is(p, h3, h4, li, th, td, pre, img)");
    // What holds others is said by them.
    const texts = [...all].filter((one) => !one.querySelector("p, h3, h4, li, td, pre")).map((one) => (one.alt || one.textContent).trim()).filter(Boolean);
    talks.cancel();
    texts.forEach((text, n) => {
      const said = Object.assign(new SpeechSynthesisUtterance(text), { lang: face.config.lang });
      said.onerror = () => speaking === press && hush();
      if (n === texts.length - 1) said.onend = said.onerror;
      talks.speak(said);
    });
    if (!texts.length) hush();
  };

  const copy = async (press, article) => {
    // The page's address without whatever else stands in it: that may be of this shopper alone.
    const url = location.origin + location.pathname + "?help=" + article.dataset.article;
    try {
      await navigator.clipboard.writeText(url);
      press.firstChild.replaceWith(icon(CHECK));
      press.lastChild.textContent = say("copied");
      face.hear(say("copied"), false);
    } catch {
      // Where the clipboard is refused, the address stands there to be copied by hand.
      const field = Object.assign(el("input", "address"), { value: url, readOnly: true, ariaLabel: say("copy") });
      press.replaceWith(field);
      field.select();
      field.focus();
    }
  };

  /** Printed from a frame of its own: the shop's page would print otherwise. */
  const print = (article) => {
    find(".paper")?.remove();
    const frame = el("iframe", "paper");
    frame.ariaHidden = "true";
    frame.tabIndex = -1;
    env.root.append(frame);
    const inner = frame.contentDocument;
    inner.title = article.querySelector(".question").textContent;
    Object.assign(inner.documentElement, { lang: env.root.lang, dir: env.root.dir });
    const sheet = new frame.contentWindow.CSSStyleSheet();
    sheet.replaceSync(PAPER);
    inner.adoptedStyleSheets = [sheet];
    const parts = article.querySelectorAll(".question, .answer > *, .small");
    for (const part of parts) inner.body.append(inner.importNode(part, true));
    for (const gone of inner.querySelectorAll("button, .sr, svg")) gone.replaceWith(...gone.querySelectorAll("img"));
    const pictures = [...inner.images];
    for (const one of pictures) one.loading = "eager";
    Promise.all(pictures.map((one) => one.decode().catch(() => {}))).then(() => guard(() => {
      frame.contentWindow.focus();
      frame.contentWindow.print();
    }));
  };

  /** The picture alone, as large as the screen lets it be; once more tapped, as large as it is. */
  const enlarge = (picture) => {
    const large = Object.assign(el("img"), { src: picture.currentSrc || picture.src, alt: picture.alt });
    const close = button("round", say("close"), () => box.close(), icon(CLOSE));
    const box = el("dialog", "zoom", el("div", "zoomed", large), close);
    box.ariaLabel = picture.alt || say("enlarge");
    large.onclick = () => box.toggleAttribute("data-whole");
    box.onclick = (event) => event.target.matches("dialog, .zoomed") && box.close();
    // Escape takes the picture away, and no more than that.
    box.onkeydown = (event) => event.stopPropagation();
    box.onclose = () => box.remove();
    env.root.append(box);
    box.showModal();
  };

  /** A film or a sound comes when it is asked for, in its place; else the link leads to it. */
  const plays = (link) => {
    const kind = /\.(mp4|webm|mov|m4v|ogv)$/i.test(link.pathname) ? "video" : /\.(mp3|ogg|oga|m4a|wav|aac|opus)$/i.test(link.pathname) ? "audio" : "";
    if (!kind) return;
    link.addEventListener("click", (event) => guard(() => {
      if (link.dataset.fails) return;
      event.preventDefault();
      const player = Object.assign(el(kind, "player"), { controls: true, autoplay: true, playsInline: true, src: link.href });
      player.ariaLabel = link.textContent;
      player.onerror = () => {
        link.dataset.fails = "";
        player.replaceWith(link);
        link.focus();
      };
      link.replaceWith(player);
      player.focus();
    }));
  };

  /** The letters of a heading, as the help centre names it. */
  const bare = (text) => {
    const two = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d" };
    return text.toLowerCase().replace(/[ßæœøłđ]/g, (c) => two[c]).normalize("NFKD").replace(/[^a-z0-9]/g, "");
  };
  /** A link to a place in the answer goes there, and leaves the page's address alone. */
  const leap = (event) => guard(() => {
    const link = event.composedPath().find((one) => one.matches && one.matches(".answer a[href^='#']"));
    const name = link && bare(decodeURIComponent(link.hash));
    if (!name || event.defaultPrevented) return;
    const place = [...link.closest(".answer").querySelectorAll("h3, h4")].find((one) => bare(one.textContent).startsWith(name));
    event.preventDefault();
    if (!place) return;
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "start" });
  });

  const dress = (article) => {
    article.dataset.dressed = "";
    const id = article.dataset.article;
    const title = article.querySelector(".question").textContent;
    keep([{ id, title }, ...kept().filter((one) => one.id !== id)].slice(0, MOST_KEPT));
    const tools = el("div", "tools");
    tools.role = "group";
    tools.ariaLabel = say("tools");
    const tool = (path, name, run) => {
      const press = button("tool", "", () => run(press), icon(path), el("span", "", say(name)));
      tools.append(press);
      return press;
    };
    tool(LINK, "copy", (press) => copy(press, article));
    if (talks) tool(SOUND, "listen", (press) => aloud(press, article)).ariaPressed = "false";
    tool(PRINT, "print", () => print(article));
    article.append(tools);
  };
  const pictures = (answer) => {
    answer.dataset.dressed = "";
    for (const picture of answer.querySelectorAll("img")) {
      if (picture.closest("a")) continue;
      const press = button("enlarge", say("enlarge") + (picture.alt ? ": " + picture.alt : ""), () => enlarge(picture));
      picture.replaceWith(press);
      press.append(picture);
    }
    answer.addEventListener("click", leap);
    for (const link of answer.querySelectorAll(".film a")) plays(link);
  };
  const reasons = (ask) => {
    ask.dataset.dressed = "";
    const id = find("[data-article]").dataset.article;
    const heading = Object.assign(el("p", "quiet small", say("why")), { id: "hn-reasons" });
    const list = el("div", "choices reasons", heading);
    list.role = "group";
    list.setAttribute("aria-labelledby", heading.id);
    for (const reason of REASONS) {
      list.append(button("choice", "", () => {
        env.emit("article-explained", { id, reason });
        const thanks = el("p", "quiet", say("thanks"));
        thanks.tabIndex = -1;
        list.replaceWith(thanks);
        thanks.focus();
        face.hear(thanks.textContent, false);
      }, say(reason)));
    }
    ask.querySelector("#hn-thanks").after(list);
  };
  const recent = (topics) => {
    const list = el("ul", "card");
    list.role = "list";
    for (const { id, title } of kept().slice(0, MOST_SHOWN)) {
      const row = button("row", "", () => face.show_screen("article", id), el("span", "words", el("span", "title", title)), icon(NEXT));
      row.id = "hn-recent-" + id;
      list.append(el("li", "", row));
    }
    if (!list.firstChild) return;
    const heading = Object.assign(el("h3", "label", say("recent")), { id: "hn-recent" });
    const group = el("section", "group recent", heading, list);
    group.setAttribute("aria-labelledby", "hn-recent");
    topics.before(group);
  };

  return {
    look() {
      const article = find("article[data-article]");
      if (speaking && !speaking.isConnected) hush();
      if (article && !("dressed" in article.dataset)) dress(article);
      for (const answer of env.root.querySelectorAll(".answer:not([data-dressed])")) pictures(answer);
      const ask = find(".ask.sorry:not([data-dressed])");
      if (ask) reasons(ask);
      const [topics, shown] = [find("[aria-labelledby=hn-topics]"), find(".recent")];
      if (topics && !shown) recent(topics);
      else if (shown && !topics) shown.remove();
    },
    closed: hush,
    style: `.tools{display:flex;flex-wrap:wrap;gap:0 4px;margin-block:4px -6px;margin-inline-start:-10px}
.tool{display:inline-flex;align-items:center;gap:7px;min-block-size:44px;padding:0 10px;border-radius:var(--r1);color:var(--quiet);font-size:13px;font-weight:560;transition:background var(--quick),color var(--quick)}
.tool:hover,.tool[aria-pressed=true]{background:var(--soft);color:var(--ink)}
.tool .icon{inline-size:17px}
.address{flex:1 1 100%;min-block-size:44px;padding-inline:12px;border:1px solid var(--edge);border-radius:var(--r1);background:var(--paper);font-size:16px}
.hn .paper{position:fixed;inset:auto auto 0 -9999px;inline-size:1px;block-size:1px;border:0;opacity:0}
.enlarge{display:block;max-inline-size:100%;cursor:zoom-in;border-radius:var(--r2)}
.zoom{inset:0;inline-size:100%;block-size:100%;max-inline-size:none;max-block-size:none;margin:0;padding:0;border:0;background:rgb(10 12 14/92%);color:#fff;animation:appear var(--calm)}
.zoom::backdrop{background:none}
.zoomed{display:grid;place-items:center;inline-size:100%;block-size:100%;overflow:auto;padding:16px}
.zoomed img{max-inline-size:100%;max-block-size:calc(100dvh - 32px);border-radius:6px;background:#fff;cursor:zoom-in}
.zoom[data-whole] img{max-inline-size:none;max-block-size:none;cursor:zoom-out}
.zoom .round{position:fixed;inset-block-start:max(12px,env(safe-area-inset-top));inset-inline-end:12px;background:rgb(0 0 0/60%);color:#fff}
.zoom .round:hover{background:#000;color:#fff}
.zoom .round:focus-visible{outline-color:#fff}
.player{display:block;inline-size:100%;border-radius:var(--r2)}
.hn .reasons{flex:1 0 100%;gap:6px;font-weight:400}
.reasons p{flex:1 0 100%}
.reasons .choice{min-block-size:38px;padding:5px 13px;font-size:13.5px}
.home[data-searching] .recent{display:none}
@media(forced-colors:active){.zoom .round,.tool[aria-pressed=true]{border:1px solid}}`,
  };
};
