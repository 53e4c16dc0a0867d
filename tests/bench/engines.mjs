// What each engine needs to be measured: `build(articles, folder)` gives its files by name (or writes them
// into the folder), `open(files, at)` gives a function from query and limit to article ids, best first.
const FROM = {
  helpnook: "helpnook",
  minisearch: "minisearch",
  minisearch_tuned: "minisearch",
  flexsearch: "flexsearch",
  pagefind: "pagefind",
  sqlite_fts5: "sqlite",
  tinysearch: "tinysearch",
};

export async function engine(name) {
  return (await import(`./engines/${FROM[name]}.mjs`))[name];
}
