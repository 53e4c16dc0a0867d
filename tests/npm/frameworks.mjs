// Takes the examples out of the package's README as they stand there, and bundles each into a page.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const [, , tools, npm, out] = process.argv;
const need = createRequire(path.join(tools, "package.json"));
const esbuild = need("esbuild");
const readme = fs.readFileSync(path.join(npm, "README.md"), "utf8");
const example = (language) => readme.match(new RegExp("```" + language + "\\n([\\s\\S]*?)```"))[1];

/** How each mounts its example, and takes it away again at the press of a button. */
const MOUNT = {
  react: {
    "example.jsx": () => example("jsx"),
    "main.jsx": () => `import { createElement, StrictMode } from "react"; import { createRoot } from "react-dom/client"; import { Help } from "./example.jsx";
      const root = createRoot(document.querySelector("#app"));
      root.render(createElement(StrictMode, null, createElement(Help, { index: "/help/demo/{lang}.hnx", lang: "fr" })));
      document.querySelector("#end").onclick = () => root.unmount();`,
  },
  vue: {
    "example.js": () => {
      const { compileScript, parse } = need("vue/compiler-sfc");
      const { descriptor } = parse(example("vue"));
      return compileScript(descriptor, { id: "help", inlineTemplate: true }).content;
    },
    "main.jsx": () => `import { createApp } from "vue"; import Help from "./example.js";
      const app = createApp(Help, { index: "/help/demo/{lang}.hnx", lang: "fr" });
      app.mount("#app");
      document.querySelector("#end").onclick = () => app.unmount();`,
  },
  svelte: {
    "example.js": () => need("svelte/compiler").compile(example("svelte"), { generate: "client" }).js.code,
    "main.jsx": () => `import { mount, unmount } from "svelte"; import Help from "./example.js";
      const app = mount(Help, { target: document.querySelector("#app"), props: { index: "/help/demo/{lang}.hnx", lang: "fr" } });
      document.querySelector("#end").onclick = () => unmount(app);`,
  },
};

for (const [name, files] of Object.entries(MOUNT)) {
  // Beside the packages, where the bundler looks for them.
  const folder = path.join(tools, "frameworks", name);
  fs.mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, file), text());
  await esbuild.build({
    entryPoints: [path.join(folder, "main.jsx")],
    outfile: path.join(out, name, "app.js"),
    alias: { helpnook: path.join(npm, "index.js") },
    conditions: ["browser"],
    define: { "process.env.NODE_ENV": '"development"', __VUE_OPTIONS_API__: "false", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" },
    jsx: "automatic",
    bundle: true,
    format: "esm",
    minify: true,
  });
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${name}</title><link rel="icon" href="data:,"></head>
    <body><div id="app"></div><button id="end">End</button><script type="module" src="app.js"></script></body></html>`;
  fs.writeFileSync(path.join(out, name, "index.html"), page);
}
