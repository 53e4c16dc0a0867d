// SQLite's FTS5 in its own wasm: Porter stems, BM25 with the title weighing 4, any of the words, the last a prefix.
import sqlite3InitModule from "@sqlite.org/sqlite-wasm";

const TABLE = "CREATE VIRTUAL TABLE help USING fts5(title, body, content='', tokenize='porter unicode61')";
const ASK = "SELECT rowid FROM help WHERE help MATCH ? ORDER BY bm25(help, 4.0, 1.0) LIMIT ?";

const match = (query) => {
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.map((word, at) => (at === words.length - 1 ? `"${word}"*` : `"${word}"`)).join(" OR ");
};

export const sqlite_fts5 = {
  async build(articles) {
    const sqlite = await sqlite3InitModule();
    const db = new sqlite.oo1.DB();
    db.exec(TABLE);
    db.exec("BEGIN");
    const insert = db.prepare("INSERT INTO help(rowid, title, body) VALUES (?, ?, ?)");
    articles.forEach(({ title, body }, at) => insert.bind([at + 1, title, body]).stepReset());
    insert.finalize();
    db.exec("COMMIT; INSERT INTO help(help) VALUES ('optimize'); VACUUM");
    return { "index.db": sqlite.capi.sqlite3_js_db_export(db), "ids.json": JSON.stringify(articles.map(({ id }) => id)) };
  },
  async open(files) {
    const sqlite = await sqlite3InitModule();
    const ids = JSON.parse(new TextDecoder().decode(files["ids.json"]));
    const bytes = files["index.db"];
    const db = new sqlite.oo1.DB();
    const at = sqlite.wasm.allocFromTypedArray(bytes);
    const flags = sqlite.capi.SQLITE_DESERIALIZE_FREEONCLOSE | sqlite.capi.SQLITE_DESERIALIZE_READONLY;
    db.checkRc(sqlite.capi.sqlite3_deserialize(db.pointer, "main", at, bytes.byteLength, bytes.byteLength, flags));
    const ask = db.prepare(ASK);
    return (query, limit) => {
      const hits = [];
      const words = match(query);
      if (!words) return hits;
      ask.bind([words, limit]);
      while (ask.step()) hits.push(ids[ask.getInt(0) - 1]);
      ask.reset();
      return hits;
    };
  },
};
