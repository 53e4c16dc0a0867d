// MiniSearch as VitePress ships it, and tuned for typing: prefixes of the last word only, no typos in
// short words, function words left out.
import MiniSearch from "minisearch";

const STOP = new Set(
  ("a an and are as at be by can do does for from how i if in is it me my not of on or our that the this to we what when where which " +
    "who why will with you your").split(" "),
);
const FIELDS = { fields: ["title", "body"], idField: "id" };
const LOOK = {
  default: { prefix: true, fuzzy: 0.2, boost: { title: 4 } },
  tuned: {
    boost: { title: 4 },
    prefix: (term, at, terms) => at === terms.length - 1,
    fuzzy: (term) => (term.length < 4 ? false : 0.2),
  },
};
const WORDS = { default: {}, tuned: { processTerm: (term) => (STOP.has(term.toLowerCase()) ? null : term.toLowerCase()) } };

const engine = (kind) => ({
  async build(articles) {
    const index = new MiniSearch({ ...FIELDS, ...WORDS[kind] });
    index.addAll(articles);
    return { "index.json": JSON.stringify(index) };
  },
  async open(files) {
    const index = MiniSearch.loadJSON(new TextDecoder().decode(files["index.json"]), { ...FIELDS, ...WORDS[kind] });
    return (query, limit) => index.search(query, LOOK[kind]).slice(0, limit).map((hit) => hit.id);
  },
});

export const minisearch = engine("default");
export const minisearch_tuned = engine("tuned");
