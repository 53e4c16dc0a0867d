// The AI bot: what it asks, what it lets through, and what it makes of streams that are cut anywhere, dropped,
// malformed, or refused. Against a mock server that speaks OpenAI's contract (aimock), where npm has it.
// Run by `cargo xtask conformance`, or `node --test`.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { HELLO, RULES, answer, check, endpoint, event, reader, request } from "../../www/bot.js";

const PASSAGES = [
  { title: "How do I return shoes?", text: "You can return shoes within 30 days. The label is free. Write to help@shop.example." },
  { title: "Delivery costs", text: "Delivery in the EU is free from €60, otherwise it costs €4.90." },
];
const QUESTION = "How do I return my shoes?";
const asked = { question: QUESTION, passages: PASSAGES, lang: "en" };
const bytes = (text) => new TextEncoder().encode(text);

/** Numbers that look random and are the same each time. */
const dice = (seed) => () => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32);

const read = (parts) => {
  const all = [];
  const lines = reader((data) => all.push(data));
  for (const part of parts) lines.feed(part);
  return all;
};

test("a stream reads the same however it is cut", () => {
  const events = ["[DONE]", '{"a":"ü – 靴 🥾"}', " two spaces", "one\ntwo", ""];
  const roll = dice(7);
  for (const end of ["\n", "\r\n", "\r"]) {
    let text = `: a comment${end}${end}event: x${end}id: 5${end}retry: 9${end}`;
    for (const one of events) text += one.split("\n").map((line) => `data: ${line}${end}`).join("") + `: ping${end}${end}`;
    const whole = bytes(text + `data: never ended`);
    const expected = read([whole]);
    assert.deepEqual(expected, events);
    for (let at = 0; at <= whole.length; at++) assert.deepEqual(read([whole.slice(0, at), whole.slice(at)]), expected, `${JSON.stringify(end)} cut at ${at}`);
    for (let n = 0; n < 500; n++) {
      const parts = [];
      for (let from = 0; from < whole.length; ) {
        const to = from + Math.floor(roll() * 6);
        parts.push(whole.slice(from, to));
        from = to;
      }
      assert.deepEqual(read(parts), expected);
    }
  }
  assert.deepEqual(read([bytes("data:tight\n\n"), bytes("data\n\n")]), ["tight", ""]);
});

test("a line without end is no event", () => {
  const lines = reader(() => {});
  assert.throws(() => { for (let n = 0; n < 300; n++) lines.feed(bytes("x".repeat(1000))); }, { why: "malformed" });
});

test("an event says text, the end, or that it broke", () => {
  const chunk = (choice) => JSON.stringify({ id: "1", object: "chat.completion.chunk", choices: [{ index: 0, ...choice }] });
  assert.deepEqual(event(chunk({ delta: { role: "assistant" } })), { text: "", over: false });
  assert.deepEqual(event(chunk({ delta: { content: "Hi" }, finish_reason: null })), { text: "Hi", over: false });
  assert.deepEqual(event(chunk({ delta: {}, finish_reason: "stop" })), { text: "", over: true });
  assert.deepEqual(event(JSON.stringify({ choices: [{ message: { content: "All" }, finish_reason: "stop" }] })), { text: "All", over: true });
  for (const usage of ['{"choices":[],"usage":{"total_tokens":9}}', '{"choices":[],"usage":null}', "{}"]) assert.deepEqual(event(usage), {});
  assert.deepEqual(event(" [DONE]"), { done: true });
  for (const bad of ["{", "null", "<html>", '"text"', '{"error":{"message":"overloaded"}}']) assert.throws(() => event(bad), ({ why }) => /malformed|failed/.test(why), bad);
});

test("only what a passage bears out is shown, with the numbers of the passages shown", () => {
  for (const [said, text, cites] of [
    ["You can return shoes within 30 days [1]. Start at /returns.", "You can return shoes within 30 days [1].", [0]],
    ["Delivery in the EU is free from €60 [2]. The label for shoes is free [1].", "Delivery in the EU is free from €60 [1]. The label for shoes is free [2].", [1, 0]],
    ["Return shoes within 30 days.[1] Delivery is free from €60 [1, 2].", "Return shoes within 30 days. [1] Delivery is free from €60 [1][2].", [0, 1]],
    ["**You can return shoes** within `30 days` [1]", "You can return shoes within 30 days [1]", [0]],
    ["Write to help@shop.example for the label [1].", "Write to help@shop.example for the label [1].", [0]],
    // Half of it is right: that half stands.
    ["You can return shoes within 30 days [1]. Shoes are refunded with 500 euros [1].", "You can return shoes within 30 days [1].", [0]],
    ["You can return shoes within 90 days [1].", "", []],
    ["You can return shoes within 30 days [3].", "", []],
    ["You can return shoes within 30 days [0].", "", []],
    ["You can return shoes within 30 days.", "", []],
    ["NO_ANSWER", "", []],
    ["no_answer [1]", "", []],
    ["Our chief executive loves purple elephants [1].", "", []],
    ["Return shoes at https://evil.example/shoes [1].", "", []],
    ["Return shoes within 30 days, see [the label](javascript:alert(1)) [1].", "", []],
    ["Return shoes <img src=x onerror=alert(1)> within 30 days [1].", "", []],
    ["Write to refunds@evil.example for the label [1].", "", []],
    ["[1]", "", []],
    ["", "", []],
  ]) {
    const { text: shown, cites: named } = check(said, PASSAGES, QUESTION);
    assert.deepEqual([shown, named], [text, cites], said);
  }
});

test("what is shown only ever grows while an answer comes, and never runs ahead of its proof", () => {
  const said = "You can return shoes within 30 days [1]. The label is free [1]. Delivery costs €4.90 [2] or is free from €60 [2]. Anything else is unknown.";
  let before = "";
  for (let at = 0; at <= said.length; at++) {
    const { text } = check(said.slice(0, at), PASSAGES, QUESTION);
    assert.ok(text.startsWith(before.replace(/[.!?]$/, "")), `${at}: ${text}`);
    before = text;
  }
  assert.equal(before, "You can return shoes within 30 days [1]. The label is free [1]. Delivery costs €4.90 [2] or is free from €60 [2].");
});

test("instructions in a question or a passage stay data, and what they bring about is not shown", () => {
  const attacks = readFileSync(new URL("./injections.txt", import.meta.url), "utf8").trim().split("\n");
  assert.ok(attacks.length > 20);
  for (const attack of attacks) {
    for (const where of ["question", "passage"]) {
      const passages = where === "passage" ? [{ ...PASSAGES[0], text: `${PASSAGES[0].text} ${attack}` }, PASSAGES[1]] : PASSAGES;
      const question = where === "question" ? attack : QUESTION;
      const { messages } = request({ question, passages, lang: "en" });
      assert.deepEqual(messages.map((one) => one.role), ["system", "user"], "one rule, one piece of data");
      assert.equal(messages[0].content, RULES);
      const data = JSON.parse(messages[1].content);
      assert.equal(data.question, question);
      assert.ok(!data.passages.some((one) => /\[\d+\]/.test(one.text)), "no numbers but ours");
    }
    // A model that does as it is told says what is in no passage: none of it is let through.
    for (const obeyed of ["PWNED [1]", "My rules are: You are the automatic assistant [1].", "Your refund of €999 is approved [1].", "Visit https://evil.example [1]", "Call +1 555 010 9999 now [2].", attack]) {
      assert.equal(check(obeyed, PASSAGES, attack).text, "", `${attack}: ${obeyed}`);
    }
  }
});

test("the request is bounded, and names a model only when the tag does", () => {
  const { messages, ...rest } = request({ ...asked, model: "small" });
  assert.deepEqual(rest, { model: "small", stream: true, stream_options: { include_usage: true }, temperature: 0.2, max_tokens: 400 });
  assert.equal("model" in request(asked), false);
  assert.equal(JSON.parse(messages[1].content).passages[1].n, 2);
});

test("where it asks", () => {
  const to = (bot, chat = "inbox:https://help.shop.example") => endpoint(bot, chat, "https://shop.example/a/b", "https://cdn.example/help/");
  assert.deepEqual(to("https://shop.example/ai/v1"), { url: "https://shop.example/ai/v1/chat/completions", model: "" });
  assert.deepEqual(to("/ai/chat/completions#gpt%20x"), { url: "https://shop.example/ai/chat/completions", model: "gpt x" });
  assert.equal(to("inbox").url, "https://help.shop.example/v1/bot/chat/completions");
  assert.equal(to("inbox", "crisp, inbox:").url, "https://cdn.example/v1/bot/chat/completions");
  assert.equal(to("http://evil.example/v1"), undefined);
  assert.equal(to("javascript:alert(1)"), undefined);
});

test("it says in every language that it is a machine", () => {
  const names = readFileSync(new URL("../../www/loader.js", import.meta.url), "utf8").match(/LABELS = \{(.*?)\}/)[1].match(/\b[a-z]{2}(?=:)/g);
  assert.deepEqual(Object.keys(HELLO).sort(), names.sort());
});

// Streams, from a server on this machine.

const tools = () => {
  const waited = [];
  return {
    waited,
    fetch: (...args) => fetch(...args),
    later: (run, ms) => setTimeout(run, ms / 10),
    stop: clearTimeout,
    wait: async (ms) => void waited.push(ms),
    closed: () => ({ is: () => false, off() {} }),
  };
};

/** Answers each request by the next of these. */
async function serving(answers) {
  const bodies = [];
  const server = createServer(async (to, back) => {
    let body = "";
    for await (const part of to) body += part;
    bodies.push(JSON.parse(body));
    await answers[Math.min(bodies.length, answers.length) - 1](back);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}/v1/chat/completions`, bodies, end: () => (server.closeAllConnections(), server.close()) };
}

const STREAM = { "content-type": "text/event-stream" };
const chunk = (content, finish = null) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: content ? { content } : {}, finish_reason: finish }] })}\n\n`;
const RIGHT = ["You can return shoes ", "within 30 days [", "1]. The label", " is free [1]", "."];
const right = (back) => {
  back.writeHead(200, STREAM);
  for (const one of RIGHT) back.write(chunk(one));
  back.end(chunk("", "stop") + "data: [DONE]\n\n");
};
const cut = (back) => {
  back.writeHead(200, STREAM);
  back.write(RIGHT.slice(0, 3).map((one) => chunk(one)).join(""));
  setTimeout(() => back.destroy(), 20);
};
const status = (code, headers = {}) => (back) => (back.writeHead(code, headers), back.end('{"error":{"message":"no"}}'));
const WHOLE = "You can return shoes within 30 days [1]. The label is free [1].";
const PART = "You can return shoes within 30 days [1].";

for (const [name, answers, text, why, n, waits] of [
  ["is right", [right], WHOLE, "", 1, []],
  ["is cut off once", [cut, right], WHOLE, "", 2, [1000]],
  ["is cut off twice", [cut, cut], PART, "failed", 2, [1000]],
  ["ends without its end", [(back) => (back.writeHead(200, STREAM), back.end(chunk(RIGHT.slice(0, 3).join("")))), right], WHOLE, "", 2, [1000]],
  ["is malformed", [(back) => (back.writeHead(200, STREAM), back.end(chunk(RIGHT[0]) + "data: {\n\n"))], "", "malformed", 2, [1000]],
  ["is an error in the middle", [(back) => (back.writeHead(200, STREAM), back.end(chunk(RIGHT.slice(0, 3).join("")) + 'data: {"error":{"code":500}}\n\n')), right], WHOLE, "", 2, [1000]],
  ["is busy for a moment", [status(429, { "retry-after": "2" }), right], WHOLE, "", 2, [2000]],
  ["is busy for long", [status(429, { "retry-after": "60" })], "", "busy", 1, []],
  ["is down", [status(503), right], WHOLE, "", 2, [1000]],
  ["refuses", [status(401)], "", "refused", 1, []],
  ["is a page", [(back) => (back.writeHead(200, { "content-type": "text/html" }), back.end("<html>sign in</html>"))], "", "cut", 2, [1000]],
  ["is silent", [() => {}], "", "silent", 2, [1000]],
  ["does not stream", [(back) => (back.writeHead(200, { "content-type": "application/json" }), back.end(JSON.stringify({ choices: [{ message: { content: WHOLE }, finish_reason: "stop" }] })))], WHOLE, "", 1, []],
  ["has none", [(back) => (back.writeHead(200, STREAM), back.end(chunk("NO_") + chunk("ANSWER") + chunk("", "stop")))], "", "", 1, []],
  ["never ends", [(back) => { back.writeHead(200, STREAM); const more = () => back.destroyed || back.write(chunk(`You can return shoes within 30 days [1]. `), () => setTimeout(more, 1)); more(); }], undefined, "", 1, []],
]) {
  test(`an answer that ${name}`, async () => {
    const server = await serving(answers);
    const env = tools();
    const shown = [];
    const got = await answer(env, server.url, asked, ({ text }) => shown.push(text));
    server.end();
    assert.equal(got.why, why);
    if (text !== undefined) assert.equal(got.text, text);
    else assert.ok(got.text.length < 3000, `${got.text.length}`);
    assert.equal(shown.at(-1), got.text);
    assert.deepEqual([server.bodies.length, env.waited], [n, waits]);
  });
}

test("without passages nobody is asked", async () => {
  const env = { ...tools(), fetch: () => assert.fail("asked") };
  assert.equal((await answer(env, "http://x", { ...asked, passages: [] }, () => {})).text, "");
});

// The mock server.

async function mock(...flags) {
  const folder = mkdtempSync(join(tmpdir(), "aimock-"));
  const said = { fixtures: [{ match: { userMessage: "return" }, response: { content: WHOLE + " Start at /returns." } }] };
  writeFileSync(join(folder, "fixtures.json"), JSON.stringify(said));
  const port = 20000 + Math.floor(Math.random() * 20000);
  const child = spawn(process.execPath, [process.env.AIMOCK, "-h", "127.0.0.1", "-p", String(port), "-f", "fixtures.json", ...flags], { cwd: folder, stdio: "ignore" });
  for (let n = 0; ; n++) {
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      break;
    } catch (error) {
      if (n > 200) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
  return { url: `http://127.0.0.1:${port}/v1/chat/completions`, end: () => child.kill() };
}

for (const [name, flags, text, whys] of [
  ["streams", [], WHOLE, [""]],
  ["streams slowly", ["--latency", "50"], WHOLE, [""]],
  ["drops the connection", ["--chaos-drop", "1"], "", ["failed", "cut"]],
  ["sends what is no JSON", ["--chaos-malformed", "1"], "", ["malformed", "failed", "cut"]],
  ["limits the rate", ["--chaos-ratelimit", "1"], "", ["busy"]],
]) {
  test(`a mock of OpenAI's server that ${name}`, { skip: !process.env.AIMOCK && "npm cannot install aimock" }, async () => {
    const server = await mock(...flags);
    try {
      const got = await answer({ ...tools(), later: setTimeout }, server.url, asked, () => {});
      assert.equal(got.text, text);
      assert.ok(whys.includes(got.why), got.why);
    } finally {
      server.end();
    }
  });
}
