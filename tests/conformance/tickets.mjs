// What the ticket form sends, judged by Prism against the written contract of Zendesk's requests.
// `PRISM` names Prism's program; without it nothing is tested, and that is said.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { FORMS } from "../../www/forms.js";
import { brief } from "../../www/vendors.js";

const PORT = 14045;
const URL_ = `http://127.0.0.1:${PORT}/api/v2/requests.json`;
const spec = fileURLToPath(new URL("zendesk-requests.yaml", import.meta.url));
const env = { now: () => Date.now(), wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref()), fetch: (...args) => fetch(...args) };
const packet = { v: 1, lang: "en", page: { url: "https://shop.example/cart" }, searches: [], read: [] };
const send = (person, more = {}) => FORMS["zendesk-ticket"].send(env, { subdomain: "x", url: URL_, ...more }, brief(packet, "How do I return shoes?"), person, { id: "id" });
const skip = process.env.PRISM ? false : "PRISM is not set: npm i @stoplight/prism-cli";
let prism;

before(async () => {
  if (skip) return;
  prism = spawn(process.execPath, [process.env.PRISM, "mock", "--errors", "-h", "127.0.0.1", "-p", String(PORT), spec], { stdio: "ignore" });
  for (let n = 0; n < 600; n++) {
    if (await fetch(URL_, { method: "OPTIONS" }).then(() => true, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("Prism did not start");
});
after(() => prism && prism.kill());

test("the contract takes what is sent", { skip }, async () => {
  assert.deepEqual(await send({ name: "Ada", email: "ada@example.com" }), { state: "sent" });
  assert.deepEqual(await send({ name: "", email: "ada@example.com" }, { fields: { page: 4422761977114 }, form: 360000 }), { state: "sent" });
});

test("what the contract refuses is told as refused", { skip }, async () => {
  const { state, code } = await send({ name: "Ada" });
  assert.deepEqual([state, code], ["refused", 422]);
});
