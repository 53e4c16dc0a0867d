// The search for programs other than the widget, in node and in browsers:
//
//   import { load, search } from "./search.js";
//   await load(bytes);                        // Uint8Array or ArrayBuffer of a .hnx file
//   search("where is my parcel", 10);         // [{ id, title, score }], best first
//   answerable("where is my parcel");         // 0 (nothing here answers) to 1 (surely answered)
//
// `load` may be called again with another index; the engine holds one at a time.
const REFUSALS = ["", "not an index", "an index of another version: build it again", "truncated", "damaged (its hash is wrong)", "damaged"];
const decoder = new TextDecoder();
let starting, engine;

/** Makes an index the one to search; refuses bytes that are not a sound index. */
export async function load(bytes) {
  starting ??= wasm().then((code) => WebAssembly.instantiate(code, { a: { $0() {} } }));
  // Forgotten when it failed, so that the next call tries again.
  starting.catch(() => (starting = undefined));
  engine = (await starting).instance.exports;
  give(new Uint8Array(bytes));
  const refusal = engine.open();
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
  const url = new URL("./search.wasm", import.meta.url);
  if (url.protocol === "file:") return (await import("node:fs/promises")).readFile(url);
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: the server answered ${answer.status}`);
  return answer.arrayBuffer();
}

// Bytes go in and out through one buffer that both sides see.
function give(bytes) {
  const at = engine.room(bytes.length) >>> 0;
  // Only now: making room may have moved the memory.
  new Uint8Array(engine.memory.buffer).set(bytes, at);
}

function rank(query, limit) {
  give(new TextEncoder().encode(query));
  const length = engine.rank(limit);
  const at = engine.given() >>> 0;
  return new Uint8Array(engine.memory.buffer).slice(at, at + length);
}

// The layout is written down in src/engine/mod.rs.
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
    return decoder.decode(bytes.subarray(at - length, at));
  };
  return { byte, number, text: string };
}
