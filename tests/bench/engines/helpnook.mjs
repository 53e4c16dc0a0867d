// Helpnook as another program uses it: the released module's `load(bytes)` and `search(query, limit)`.
export const helpnook = {
  async open(files, at) {
    const { load, search } = await import(`${at.site}search.js`);
    await load(files["en.hnx"]);
    return (query, limit) => search(query, limit).map((hit) => hit.id);
  },
};
