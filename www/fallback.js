/* Fetched when engine, panel or index cannot be had: topics, articles and contact as a plain panel,
 * built node by node out of `<lang>.topics.json`; without that file, ways to reach the shop. */

const TEXTS = {
  en: ["Help", "Close", "Back", "Contact us", "Send an e-mail", "Chat with us", "Our answers cannot be loaded right now. You can still reach us.", "Our answers cannot be loaded right now. Please try again later."],
  fr: ["Aide", "Fermer", "Retour", "Nous contacter", "Envoyer un e-mail", "Écrivez-nous", "Nos réponses sont indisponibles pour le moment. Vous pouvez nous joindre.", "Nos réponses sont indisponibles pour le moment. Veuillez réessayer plus tard."],
  de: ["Hilfe", "Schließen", "Zurück", "Kontakt", "E-Mail senden", "Schreiben Sie uns", "Unsere Antworten lassen sich gerade nicht laden. Sie erreichen uns trotzdem.", "Unsere Antworten lassen sich gerade nicht laden. Bitte versuchen Sie es später."],
  pt: ["Ajuda", "Fechar", "Voltar", "Contactar", "Enviar um e-mail", "Fale connosco", "As respostas não estão disponíveis de momento. Pode contactar-nos.", "As respostas não estão disponíveis de momento. Tente mais tarde."],
  ro: ["Ajutor", "Închide", "Înapoi", "Contact", "Trimiteți un e-mail", "Scrieți-ne", "Răspunsurile nu pot fi încărcate acum. Ne puteți contacta.", "Răspunsurile nu pot fi încărcate acum. Încercați mai târziu."],
  es: ["Ayuda", "Cerrar", "Volver", "Contacto", "Enviar un correo", "Escríbenos", "Ahora no se pueden cargar las respuestas. Puedes contactarnos.", "Ahora no se pueden cargar las respuestas. Inténtalo más tarde."],
  it: ["Aiuto", "Chiudi", "Indietro", "Contatti", "Invia un'e-mail", "Scrivici", "Al momento le risposte non si caricano. Puoi contattarci.", "Al momento le risposte non si caricano. Riprova più tardi."],
  nl: ["Hulp", "Sluiten", "Terug", "Contact", "E-mail sturen", "Schrijf ons", "Onze antwoorden laden nu niet. Je kunt ons wel bereiken.", "Onze antwoorden laden nu niet. Probeer het later opnieuw."],
  pl: ["Pomoc", "Zamknij", "Wstecz", "Kontakt", "Wyślij e-mail", "Napisz do nas", "Nie można teraz wczytać odpowiedzi. Możesz się z nami skontaktować.", "Nie można teraz wczytać odpowiedzi. Spróbuj później."],
  ar: ["مساعدة", "إغلاق", "رجوع", "اتصل بنا", "أرسل بريدًا إلكترونيًا", "راسلنا", "تعذّر تحميل الإجابات الآن. يمكنك التواصل معنا.", "تعذّر تحميل الإجابات الآن. حاول لاحقًا."],
};

/** What a merchant can do about it, by the reason. */
const CURES = {
  "no-wasm": "this browser has no WebAssembly; topics and contact are shown instead",
  csp: "the page's CSP forbids WebAssembly; add 'wasm-unsafe-eval' to script-src",
  silent: "no answer for 8 seconds; see whether the host answers",
  blocked: "it is missing, changed, blocked by the CSP (script-src, connect-src), or of another origin without CORS headers",
  404: "no such file; run `helpnook build`, upload what it wrote, or mend data-index",
  trap: "the module broke down; please report it",
};

const STYLE = `
.fallback{all:initial;position:fixed;inset-block-end:calc(var(--hn-offset,20px) + 68px);right:var(--hn-offset,20px);display:flex;flex-direction:column;box-sizing:border-box;width:min(380px,calc(100vw - 2*var(--hn-offset,20px)));max-height:min(600px,calc(100vh - 110px));overflow:hidden;border-radius:16px;background:#fff;color:#1c1c1c;box-shadow:0 2px 6px #0002,0 16px 48px #0004;font:16px/1.5 system-ui,sans-serif}
:host([data-position=left]) .fallback{right:auto;left:var(--hn-offset,20px)}
.fallback header{display:flex;align-items:center;gap:4px;padding:8px 8px 8px 18px;background:var(--hn-accent);color:var(--hn-on-accent)}
.fallback h2{flex:1;margin:0;font-size:18px;outline:none!important}
.fallback h3{margin:18px 0 4px;font-size:14px;opacity:.75}
.fallback section{overflow:auto;padding:4px 18px 18px;overscroll-behavior:contain}
.fallback button{all:unset;box-sizing:border-box;cursor:pointer;min-height:44px;min-width:44px;border-radius:8px}
.fallback header button{display:grid;place-items:center;font-size:20px}
.fallback section button{display:block;width:100%;padding:10px 0;border-block-end:1px solid #8883}
.fallback :focus-visible{outline:3px solid currentColor;outline-offset:-3px}
.fallback a{color:inherit}
.fallback .way{display:block;margin-block-start:10px;padding:11px 16px;border:1px solid #8888;border-radius:10px;text-align:center;text-decoration:none}
.fallback table{border-collapse:collapse}.fallback td,.fallback th{padding:4px 8px;border:1px solid #8886;text-align:start}
.fallback blockquote{margin:12px 0;padding:2px 14px;border-inline-start:4px solid var(--hn-accent)}
.fallback img{max-width:100%}
@media(prefers-color-scheme:dark){:host(:not([data-theme=light])) .fallback{background:#1d1d1b;color:#f1f1ee}}
:host([data-theme=dark]) .fallback{background:#1d1d1b;color:#f1f1ee}
@media(forced-colors:active){.fallback{border:2px solid}}`;

const make = (name, text = "", more = {}) => Object.assign(document.createElement(name), { textContent: text }, more);
/** As `article::is_safe_link`: a file from the network is not to be trusted. */
const safe = (address) => /^(https?:|mailto:|tel:|\/|#|\?|[\w-]+(\/|$|\?|#))/i.test(address) && !/[\s\\\u0000-\u0020]/.test(address);

let sheet;

/** Shows the panel; `chat` opens the real one's chat, for shops that have an inbox. */
export async function show(env, host, error, topics, chat) {
  const [help, close, back, contact, mail, write, reach, later] = TEXTS[env.lang.slice(0, 2)] || TEXTS.en;
  env.warn(`the help runs without its engine: ${error.what}: ${error.cure || CURES[error.why] || `the server answered ${error.why}`}`);
  try {
    sheet ||= new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    if (!env.shadow.adoptedStyleSheets.includes(sheet)) env.shadow.adoptedStyleSheets = [...env.shadow.adoptedStyleSheets, sheet];
  } catch {}
  const data = await any(topics);
  if (!env.open) return;

  const panel = make("section", "", { className: "fallback", role: "dialog", ariaLabel: help });
  const header = make("header");
  const title = make("h2", help, { tabIndex: -1 });
  const main = make("section");
  const backwards = make("button", "‹", { type: "button", ariaLabel: back, onclick: () => home() });
  const closing = make("button", "×", { type: "button", ariaLabel: close, onclick: () => host.close() });
  // The panel's side is the launcher's; the words run as their language does.
  panel.lang = env.lang;
  for (const part of [header, main]) part.dir = /^(ar|he|fa|ur)/.test(env.lang) ? "rtl" : "ltr";
  header.append(backwards, title, closing);
  panel.append(header, main);
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    if (backwards.hidden) host.close();
    else home();
  });
  const articles = (data && data.collections ? data.collections : []).flatMap((one) => one.articles);

  function home() {
    backwards.hidden = true;
    title.textContent = help;
    main.replaceChildren();
    for (const collection of (data && data.collections) || []) {
      if (collection.title) main.append(make("h3", collection.title));
      for (const article of collection.articles) main.append(make("button", article.title, { type: "button", onclick: () => read(article) }));
    }
    ways();
    title.focus();
  }
  function read(article) {
    backwards.hidden = false;
    title.textContent = article.title;
    main.replaceChildren(...blocks(article.blocks));
    ways();
    main.scrollTop = 0;
    title.focus();
    host.emit("article-viewed", { id: article.id });
  }
  /** In the merchant's order; none is left out because another exists. */
  function ways() {
    const found = [];
    const way = (text, href) => href && safe(href) && found.push(make("a", text, { href, className: "way" }));
    let inbox = false;
    for (const one of (env.config.chat || "").split(",").map((one) => one.trim())) {
      if (one.startsWith("email:")) way(mail, "mailto:" + one.slice(6));
      if (one.startsWith("link:")) way(contact, one.slice(5));
      if (one.startsWith("inbox:") && window.WebAssembly && error.why !== "csp") inbox = true;
    }
    if (env.config.contact) way(env.config.contact.startsWith("mailto:") ? mail : contact, env.config.contact);
    if (inbox) {
      const button = make("button", write, { type: "button", className: "way" });
      button.onclick = () => chat().catch(() => button.remove());
      found.unshift(button);
    }
    if (!articles.length) main.append(make("p", found.length ? reach : later));
    main.append(...found);
  }
  function inlines(list) {
    return list.map((one) => {
      if (typeof one === "string") return document.createTextNode(one);
      if (one.br) return make("br");
      if (one.code) return make("code", one.code);
      if (one.var) return document.createTextNode(env.attrs[one.var.replace(/\./g, "-")] || one.or);
      if (!one.a) {
        const node = make(one.b ? "strong" : "em");
        node.append(...inlines(one.b || one.i || []));
        return node;
      }
      const node = make("a");
      node.append(...inlines(one.text));
      const other = one.a.startsWith("article:") && articles.find((article) => article.id === one.a.slice(8));
      if (other) {
        node.href = "#";
        node.onclick = (event) => {
          event.preventDefault();
          read(other);
        };
      } else if (safe(one.a)) node.href = one.a;
      return node;
    });
  }
  /** As `article::is_for_market`. */
  function inMarket(names) {
    const not = names.startsWith("!");
    return names.slice(not).toLowerCase().split(" ").includes((env.attrs.market || "").toLowerCase() || " ") !== not;
  }
  function filled(name, content) {
    const node = make(name);
    node.append(...content);
    return node;
  }
  function blocks(list) {
    return list.map((one) => {
      if (one.p) return filled("p", inlines(one.p));
      if (one.h) return filled("h3", inlines(one.h));
      if (one.ul || one.ol) return filled(one.ul ? "ul" : "ol", (one.ul || one.ol).map((item) => filled("li", blocks(item))));
      if (one.note) return filled("blockquote", blocks(one.note));
      if (one.pre) return make("pre", one.pre);
      if (one.img) {
        const [width, height] = one.size || [];
        return make("img", "", { alt: one.alt || "", ...(width && { width, height }), loading: "lazy", src: safe(one.img) ? one.img : "" });
      }
      if (one.video) return make("a", "▶ " + one.alt, { className: "way", target: "_blank", rel: "noopener", href: safe(one.video) ? one.video : "#" });
      if (one.market) return filled("div", inMarket(one.market) ? blocks(one.blocks) : []);
      const row = (cells, name) => filled("tr", cells.map((cell) => filled(name, inlines(cell))));
      return filled("table", [row(one.head || [], "th"), ...(one.rows || []).map((cells) => row(cells, "td"))]);
    });
  }
  env.root.replaceChildren(panel);
  home();
}

/** The first language there is. */
async function any(addresses) {
  for (const address of addresses) {
    try {
      const answer = await fetch(address, { signal: AbortSignal.timeout(5000) });
      if (answer.ok) return await answer.json();
    } catch {}
  }
}
