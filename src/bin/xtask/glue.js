let wasm, running;

/** Runs the module once; `module_or_path` is an address, or the response to come. */
export default function __wbg_start({ module_or_path }) {
  running ||= instantiate(module_or_path).then(({ instance }) => {
    wasm = instance.exports;
    wasm.__wbindgen_start();
    return wasm;
  });
  // Forgotten, so that the next tap tries again.
  running.catch(() => (running = undefined));
  return running;
}

async function instantiate(source) {
  const answer = await (typeof source === "string" || source instanceof URL ? fetch(source) : source);
  if (!answer.ok) throw new Error("the server answered " + answer.status);
  const imports = __wbg_get_imports();
  // A browser streams only what is of this very type; some hosts serve it as another.
  if (WebAssembly.instantiateStreaming && answer.headers.get("content-type") === "application/wasm") return WebAssembly.instantiateStreaming(answer, imports);
  return WebAssembly.instantiate(await answer.arrayBuffer(), imports);
}
