// The JavaScript of the engine: bytes in, bytes out, through one buffer that both sides see.
// What each call answers is written down in src/engine/.

let wasm;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Starts the engine from its wasm: a response, bytes, or a promise of either. */
export default async function start({ module_or_path }) {
  const given = await module_or_path;
  if (given.ok === false) throw new Error("the server answered " + given.status);
  const bytes = given.arrayBuffer ? await given.arrayBuffer() : given;
  // Nothing is imported but what wasm-bindgen leaves behind where its wasm is not made smaller.
  wasm = (await WebAssembly.instantiate(bytes, { a: { $0() {} } })).instance.exports;
}

const give = (bytes) => {
  const at = wasm.room(bytes.length) >>> 0;
  // Only now: making room may have moved the memory.
  new Uint8Array(wasm.memory.buffer).set(bytes, at);
};

const take = (length) => {
  const at = wasm.given() >>> 0;
  return new Uint8Array(wasm.memory.buffer).slice(at, at + length);
};

const say = (text) => give(encoder.encode(text));

/** Opens an index: 0, or the code of why it cannot be used. */
export const open = (bytes) => (give(bytes), wasm.open());

/** Takes a file of answers; whether it is sound. */
export const supply = (bytes) => (give(bytes), !!wasm.supply());

/** Name of the file of answers to fetch before an article can be read; empty when it can. From -1 down the files of all. */
export const wanted = (number) => decoder.decode(take(wasm.wanted(number)));

/** The hits for a query. */
export const search = (query, limit) => (say(query), take(wasm.search(limit)));

/** What may help on the page of a snapshot. */
export const suggest = (snapshot, limit) => (say(snapshot), take(wasm.suggest(limit)));

/** More words, in place of those told before, for a page whose type was in doubt without them. */
export const learn = (words) => (say(words), wasm.learn());

/** An article. */
export const article = (number) => take(wasm.article(number));

/** The id of an article. */
export const named = (number) => decoder.decode(take(wasm.named(number)));

/** Number of the article of an id, or -1. */
export const find = (id) => (say(id), wasm.find());

/** A section of the index. */
export const section = (which) => take(wasm.section(which));
