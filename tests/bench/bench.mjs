// What `cargo xtask bench` starts:
//   node bench.mjs build ENGINE ARTICLES.jsonl FOLDER   an engine's index, into the folder
//   node bench.mjs node CORPUS ENGINE                   measured in node
//   node bench.mjs browser PLAN.json                    measured in Chromium, engine by engine, in rounds
// Results go to stdout as JSON, progress to stderr.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { engine } from "./engines.mjs";
import { latency } from "./measure.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const [task, ...args] = process.argv.slice(2);
const result = await { build, node, browser }[task](...args);
console.log(JSON.stringify(result));
process.exit(0);

async function build(name, articles, folder) {
  const rows = readFileSync(articles, "utf8").trimEnd().split("\n").map((row) => JSON.parse(row));
  mkdirSync(folder, { recursive: true });
  const start = performance.now();
  const files = await (await engine(name)).build(rows, folder);
  const seconds = (performance.now() - start) / 1000;
  for (const [file, data] of Object.entries(files)) writeFileSync(join(folder, file), data);
  return { seconds };
}

async function node(corpus, name) {
  const folder = join(HERE, "corpora", corpus);
  const job = read(join(folder, "job.json"));
  const files = Object.fromEntries(job.engines[name].names.map((file) => [file, new Uint8Array(readFileSync(join(folder, name, file)))]));
  const it = await engine(name);
  const at = { site: pathToFileURL(join(HERE, "site/")).href };
  const start = performance.now();
  const ask = await it.open(files, at);
  await ask(job.typos[0], job.limit);
  const first_ms = performance.now() - start;
  return { first_ms, ...(await latency(ask, job)) };
}

async function browser(path) {
  const plan = read(path);
  const { default: puppeteer } = await import("puppeteer-core");
  const server = await serve();
  const origin = `http://127.0.0.1:${server.address().port}`;
  const chromium = await puppeteer.launch({
    executablePath: plan.chromium,
    headless: true,
    protocolTimeout: plan.patience_ms,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--js-flags=--max-old-space-size=8192"],
  });
  const results = {};
  for (let round = 0; round < plan.rounds; round++) {
    for (const { corpus, engines } of plan.corpora) {
      // Who goes first changes, so that no engine always meets the machine in the same mood.
      for (let turn = 0; turn < engines.length; turn++) {
        const name = engines[(turn + round) % engines.length];
        const own = ((results[corpus] ??= {})[name] ??= { rounds: [] });
        if (own.error) continue;
        process.stderr.write(`round ${round + 1}, ${corpus}, ${name}\n`);
        try {
          await visit(chromium, origin, async (page) => {
            await page.evaluate((...what) => bench.prepare(...what), name, corpus);
            const first = await page.evaluate(() => bench.first());
            own.rounds.push({ ...first, ...(await page.evaluate(() => bench.latency())) });
            if (round === 0) own.quality = await page.evaluate(() => bench.quality());
          });
          if (round === 0) own.memory_bytes = await memory(chromium, origin, name, corpus);
        } catch (error) {
          own.error = String(error.message ?? error).split("\n")[0];
        }
      }
    }
  }
  await chromium.close();
  server.close();
  return results;
}

async function visit(chromium, origin, work) {
  const context = await chromium.createBrowserContext();
  try {
    const page = await context.newPage();
    await page.goto(`${origin}/page.html`);
    await page.waitForFunction("window.bench && crossOriginIsolated");
    return await work(page);
  } finally {
    await context.close();
  }
}

/** Bytes that an opened engine keeps: JavaScript heap, buffers and wasm, less an empty page's. */
function memory(chromium, origin, name, corpus) {
  return visit(chromium, origin, async (page) => {
    const inspector = await page.createCDPSession();
    await inspector.send("HeapProfiler.enable");
    const held = async () => {
      for (let i = 0; i < 3; i++) await inspector.send("HeapProfiler.collectGarbage");
      const { usedSize, backingStorageSize = 0 } = await inspector.send("Runtime.getHeapUsage");
      return { heap: usedSize, buffers: backingStorageSize };
    };
    const empty = await held();
    await page.evaluate((...what) => bench.prepare(...what), name, corpus);
    await page.evaluate(() => bench.hold());
    const full = await held();
    // Buffers hold no wasm memory: SQLite's 8 MiB do not show in them.
    const wasm = await page.evaluate(() => bench.wasm_bytes());
    const [heap, buffers] = [full.heap - empty.heap, full.buffers - empty.buffers];
    return { heap, buffers, wasm, total: heap + buffers + wasm };
  });
}

function serve() {
  const types = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" };
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const file = join(HERE, path.startsWith("/node_modules/") ? ".." : ".", path);
    try {
      const body = await readFile(file);
      // Isolation gives the page its fine clock.
      response.writeHead(200, {
        "Content-Type": types[extname(file)] ?? "application/octet-stream",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}
