// FlexSearch's document index with prefixes ("forward"); `suggest` lets an article miss some of the words.
import { Document } from "flexsearch";

const make = () => new Document({ tokenize: "forward", document: { id: "id", index: ["title", "body"] } });

export const flexsearch = {
  async build(articles) {
    const index = make();
    for (const article of articles) index.add(article);
    const chunks = {};
    await index.export((key, data) => {
      if (data !== undefined) chunks[key] = data;
    });
    return { "index.json": JSON.stringify(chunks) };
  },
  async open(files) {
    const index = make();
    for (const [key, data] of Object.entries(JSON.parse(new TextDecoder().decode(files["index.json"])))) index.import(key, data);
    return (query, limit) => {
      const ids = new Set();
      for (const field of index.search(query, { limit, suggest: true })) for (const id of field.result) ids.add(id);
      return [...ids].slice(0, limit);
    };
  },
};
