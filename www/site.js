/* The help centre's script. Every page is whole without it: it adds the search, by the widget's own
 * engine, and the vote under an answer. Texts come from the page and become text, never markup. */

const { lang, events, consent } = document.body.dataset;
const beside = (name) => new URL(name, import.meta.url).href;
const LIMIT = 8;

let engine, names;
/** The engine with this language's index, fetched when somebody is about to search. */
const ready = () =>
  (engine ||= (async () => {
    const [code, index] = await Promise.all([import(beside("./search.js")), fetch(beside(`./${lang}.hnx`))]);
    if (!index.ok) throw new Error("the server answered " + index.status);
    await code.load(await index.arrayBuffer());
    return code;
  })().catch((error) => {
    engine = undefined;
    throw error;
  }));

/** Where an answer stands; an id that is no name of a folder is looked up. */
const place = async (id) => {
  if (!/^[a-z\d_-]{1,100}$/.test(id)) {
    names ||= await fetch(beside(`./${lang}/answers.json`)).then((answer) => answer.json(), () => ({}));
    id = names[id];
  }
  return id && beside(`./${lang}/answers/${id}/`);
};

/** `{n}` in the plural form of the page's language. */
const counted = (text, n) => {
  const forms = text.split("|").map((one) => one.trim());
  const category = new Intl.PluralRules(lang).select(n);
  const form = category === "one" ? forms[0] : forms.length > 2 && category === "few" ? forms[1] : forms.at(-1);
  return form.replace("{n}", n.toLocaleString(lang));
};

/** For whoever counts: see events.js. */
const news = [];
const tell = (...one) => events && news.push(one);

const searching = (form) => {
  const input = form.querySelector("input");
  const panel = form.querySelector(".hits");
  const [count, list] = panel.children;
  let asked = 0;
  let told;
  const show = async () => {
    const query = input.value.trim();
    const turn = ++asked;
    if (!query) return void (panel.hidden = true);
    const code = await ready();
    if (turn !== asked) return;
    const hits = code.search(query, LIMIT);
    const rows = await Promise.all(hits.map(async ({ id, title }) => {
      const link = Object.assign(document.createElement("a"), { textContent: title, href: (await place(id)) || "#" });
      const row = document.createElement("li");
      row.append(link);
      return row;
    }));
    if (turn !== asked) return;
    list.replaceChildren(...rows);
    count.textContent = rows.length ? counted(form.dataset.count, rows.length) : form.dataset.none.replace("{q}", query);
    panel.hidden = false;
    clearTimeout(told);
    told = setTimeout(tell, 1000, "searched", { query, hits: rows.length });
  };
  const run = () => show().catch(() => form.remove());
  input.addEventListener("focus", () => ready().catch(() => {}), { once: true });
  input.addEventListener("input", run);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    Promise.resolve(run()).then(() => list.querySelector("a")?.focus());
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) {
      panel.hidden = true;
      input.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || panel.hidden) return;
    event.preventDefault();
    const stops = [input, ...list.querySelectorAll("a")];
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
  });
  document.addEventListener("click", (event) => {
    if (!form.contains(event.target)) panel.hidden = true;
  });
  form.hidden = false;
  const wish = new URLSearchParams(location.search).get("q");
  if (wish) {
    input.value = wish.slice(0, 200);
    run();
  }
};

const voting = (section) => {
  const { id } = document.querySelector(".answer").dataset;
  const thanks = section.querySelector("[role=status]");
  for (const button of section.querySelectorAll("button")) {
    button.addEventListener("click", () => {
      tell("article-voted", { id, helped: button.value === "yes" });
      thanks.textContent = section.dataset[button.value];
      button.parentElement.hidden = true;
      thanks.focus();
    });
  }
  section.hidden = false;
  tell("article-viewed", { id });
};

tell("opened", { screen: "page" });
document.querySelectorAll("form.search").forEach(searching);
document.querySelectorAll(".verdict").forEach(voting);
if (events) {
  import(beside("./events.js")).then((code) => code.start({ config: { events, consent }, base: beside("./"), lang, place: "site" }, news), () => {});
}
