// Pagefind: its own folder of chunks, fetched as queries need them; a hit's identity is in its fragment.
export const pagefind = {
  lazy: true,
  async build(articles, folder) {
    const { createIndex, close } = await import("pagefind");
    const { index } = await createIndex({});
    for (const { id, title, body } of articles) {
      const { errors } = await index.addCustomRecord({ url: `/${id}`, content: `${title}\n${body}`, language: "en", meta: { title } });
      if (errors.length) throw new Error(errors.join("; "));
    }
    await index.writeFiles({ outputPath: folder });
    await close();
    return {};
  },
  async open(files, at) {
    const index = await import(`${at.index}pagefind.js`);
    await index.init();
    return async (query, limit) => {
      const { results } = await index.search(query);
      const hits = await Promise.all(results.slice(0, limit).map((hit) => hit.data()));
      return hits.map((hit) => hit.raw_url.slice(1));
    };
  },
};
