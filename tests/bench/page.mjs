// The page's side: one engine on one corpus. Everything it needs lies in memory before the clock starts.
import { engine } from "./engines.mjs";
import { latency, quality } from "./measure.mjs";

let job, it, files, at, ask;
const memories = [];
const ready = {};

watch();

window.bench = {
  /** Fetches what the engine consists of and its index, runs nothing of it. */
  async prepare(name, corpus) {
    job = await (await fetch(`/corpora/${corpus}/job.json`)).json();
    const { code, index, names } = job.engines[name];
    at = { index: new URL(index, location.href).href, site: new URL("/site/", location.href).href };
    files = {};
    for (const file of names) files[file] = await bytes(at.index + file);
    for (const url of code) {
      if (url.endsWith(".wasm")) ready[new URL(url, location.href).href] = await bytes(url);
      else await preload(url);
    }
    it = await engine(name);
  },
  /** From bytes in memory to the first answer, then opening alone, all code warm. */
  async first() {
    const copy = () => Object.fromEntries(Object.entries(files).map(([name, data]) => [name, data.slice()]));
    let own = copy();
    const start = performance.now();
    ask = await it.open(own, at);
    await ask(job.typos[0], job.limit);
    const first_ms = performance.now() - start;
    own = copy();
    const again = performance.now();
    ask = await it.open(own, at);
    return { first_ms, open_ms: performance.now() - again };
  },
  /** Opens and lets go of everything else, for a look at the memory. */
  async hold() {
    ask = await it.open(files, at);
    await ask(job.typos[0], job.limit);
    files = job = undefined;
    for (const url of Object.keys(ready)) delete ready[url];
  },
  wasm_bytes: () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
  latency: () => latency(ask, job),
  quality: () => quality(ask, job),
};

async function bytes(url) {
  return new Uint8Array(await (await fetch(url)).arrayBuffer());
}

function preload(url) {
  return new Promise((done, failed) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "modulepreload", href: url, onload: done, onerror: failed });
    document.head.append(link);
  });
}

// Wasm comes from memory, as everything else does, and what it allocates is counted.
function watch() {
  const { fetch: over, WebAssembly: wasm } = window;
  window.fetch = (url, options) => {
    const data = ready[new URL(url, location.href).href];
    return data ? Promise.resolve(new Response(data, { headers: { "Content-Type": "application/wasm" } })) : over(url, options);
  };
  const note = (made) => {
    for (const item of Object.values((made.instance ?? made).exports)) if (item instanceof wasm.Memory) memories.push(item);
    return made;
  };
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const real = wasm[name];
    wasm[name] = (...args) => real.apply(wasm, args).then(note);
  }
  const Memory = wasm.Memory;
  wasm.Memory = new Proxy(Memory, {
    construct(target, args) {
      const memory = new target(...args);
      memories.push(memory);
      return memory;
    },
  });
}
