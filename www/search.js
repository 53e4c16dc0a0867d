// The engine for programs other than the widget, in node and in browsers:
//
//   import { load, search } from "./search.js";
//   await load(bytes);                        // Uint8Array or ArrayBuffer of a .hnx file
//   search("where is my parcel", 10);         // [{ id, title, score }], best first
//   answerable("where is my parcel");         // 0 (nothing here answers) to 1 (surely answered)
//
// `load` may be called again with another index; the engine holds one at a time.
import start, { open, rank } from "./engine.js";

const REFUSALS = ["", "not an index", "an index of another version: build it again", "truncated", "damaged (its hash is wrong)", "damaged"];
const text = new TextDecoder();
let started;

/** Makes an index the one to search; refuses bytes that are not a sound index. */
export async function load(bytes) {
  started ??= start({ module_or_path: wasm() });
  await started;
  const refusal = open(new Uint8Array(bytes));
  if (refusal) throw new Error(`index: ${REFUSALS[refusal] ?? "cannot be used"}`);
}

/** Articles for a query: `[{ id, title, score }]`; scores compare only within one answer. */
export function search(query, limit = 10) {
  return read(rank(query, limit)).hits;
}

/** How surely the index answers a query, 0 to 1. */
export function answerable(query) {
  return read(rank(query, 1)).answerable;
}

async function wasm() {
  const url = new URL("./engine.wasm", import.meta.url);
  if (url.protocol !== "file:") return fetch(url);
  const { readFile } = await import("node:fs/promises");
  return readFile(url);
}

// The layout is written down in src/engine.rs.
function read(bytes) {
  const from = reader(bytes);
  const answer = { answerable: from.byte() / 255, hits: [] };
  for (let left = from.number(); left > 0; left--) {
    const score = from.number();
    answer.hits.push({ id: from.text(), title: from.text(), score });
  }
  return answer;
}

function reader(bytes) {
  let at = 0;
  const byte = () => bytes[at++];
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const next = byte();
      value |= (next & 127) << shift;
      if (!(next & 128)) return value >>> 0;
    }
  };
  const string = () => {
    const length = number();
    at += length;
    return text.decode(bytes.subarray(at - length, at));
  };
  return { byte, number, text: string };
}
