// Forms of the page itself: what exactly is sent, once, and what is made of every answer.
// Run by `cargo xtask conformance`, or `node --test`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FORMS } from "../../www/forms.js";
import { brief, complaint } from "../../www/vendors.js";

const QUESTION = "How do I return shoes?\nThey are too small.";
const packet = { v: 1, lang: "en", page: { url: "https://shop.example/cart" }, searches: ["returns"], read: [] };
const person = { name: "Ada", email: "ada@example.com" };
const about = { id: "u-1", filled_ms: 4200, trap: "" };

/** Sends by a form; `fetch` plays the system. Waits end at once, as soon as nothing else can happen. */
async function sends(name, config, fetch, who = person) {
  const sent = [];
  const env = {
    now: () => 0,
    wait: () => new Promise((resolve) => setTimeout(resolve, 50)),
    fetch: (...args) => (sent.push(args), fetch(...args)),
  };
  const result = await FORMS[name].send(env, config, brief(packet, QUESTION), who, about);
  return { result, sent };
}

const answer = (status, body = "") => async () => new Response(body || null, { status });

test("a ticket is one anonymous request, with the facts in the shop's own fields", async () => {
  const { result, sent } = await sends("zendesk-ticket", { subdomain: "shop", fields: { page: 7, product: 8 }, form: "360000" }, answer(201, '{"request":{"id":33}}'));
  assert.deepEqual(result, { state: "sent" });
  const [url, init] = sent[0];
  assert.equal(url, "https://shop.zendesk.com/api/v2/requests.json");
  assert.deepEqual([init.method, init.headers, init.credentials, init.referrerPolicy], ["POST", { "content-type": "application/json" }, "omit", "no-referrer"]);
  assert.deepEqual(JSON.parse(init.body), { request: {
    requester: person,
    subject: "How do I return shoes?",
    comment: { body: `${QUESTION}\n\n-- \npage: https://shop.example/cart\nlanguage: en\nsearches: returns` },
    custom_fields: [{ id: 7, value: "https://shop.example/cart" }],
    ticket_form_id: 360000,
  } });
});

test("who gives no name is known by the address, for Zendesk wants both", async () => {
  const { sent } = await sends("zendesk-ticket", { subdomain: "shop" }, answer(201, '{"request":{"id":1}}'), { name: "", email: person.email });
  assert.deepEqual(JSON.parse(sent[0][1].body).request.requester, { name: person.email, email: person.email });
});

test("an address of the shop's own gets one versioned body with an id", async () => {
  const { result, sent } = await sends("webhook", { url: "https://shop.example/help" }, answer(204));
  assert.deepEqual(result, { state: "sent" });
  assert.deepEqual(JSON.parse(sent[0][1].body), {
    v: 1, type: "help.request", id: "u-1", at: "1970-01-01T00:00:00.000Z", question: QUESTION,
    context: { page: "https://shop.example/cart", language: "en", searches: "returns" }, person, form: { filled_ms: 4200, trap: "" },
  });
});

const SENT = { state: "sent" }, UNKNOWN = { state: "unconfirmed" };
const refused = (code, ...details) => ({ state: "refused", code, details });
const invalid = '{"error":"RecordInvalid","details":{"base":[{"description":"Subject: cannot be blank","error":"BlankValue"}]}}';
const hang = () => new Promise(() => {});
/** What was answered, and what is made of it: of a ticket, of the shop's own address. */
const ANSWERS = [
  ["taken", answer(201, '{"request":{"id":33}}'), SENT, SENT],
  ["taken without a word", answer(200), UNKNOWN, SENT],
  ["a sign-in page", answer(200, "<!doctype html><p>Sign in"), UNKNOWN, UNKNOWN],
  ["malformed JSON", answer(201, '{"request":'), UNKNOWN, SENT],
  ["JSON of something else", answer(200, "[1,2]"), UNKNOWN, SENT],
  ["JSON that is null", answer(200, "null"), UNKNOWN, SENT],
  ["refused with reasons", answer(422, invalid), refused(422, "Subject: cannot be blank"), refused(422, "Subject: cannot be blank")],
  ["refused with reasons that lie", answer(422, '{"details":{"base":[null,{"description":9}],"x":"y"},"detail":{}}'), refused(422), refused(422)],
  ["refused in HTML", answer(400, "<h1>Bad request"), refused(400), refused(400)],
  ["wants a sign-in, readable", answer(401, '{"error":"Couldn\'t authenticate you"}'), refused(401), refused(401)],
  ["forbidden, readable", answer(403), refused(403), refused(403)],
  ["too many, readable", answer(429), refused(429), refused(429)],
  ["a gateway that lost the answer", answer(502, "<h1>Bad gateway"), UNKNOWN, UNKNOWN],
  ["a server that broke", answer(500, "{}"), UNKNOWN, UNKNOWN],
  ["too late", answer(408), UNKNOWN, UNKNOWN],
  ["401, 403 or 429 without CORS, a policy, no network: all look the same", async () => { throw new TypeError("Failed to fetch"); }, UNKNOWN, UNKNOWN],
  ["fetch forbidden by an extension", () => { throw new Error("no"); }, UNKNOWN, UNKNOWN],
  ["silence", hang, UNKNOWN, UNKNOWN],
  ["a body that breaks off", async () => new Response(new ReadableStream({ start: (control) => control.error(new Error("cut")) }), { status: 201 }), UNKNOWN, UNKNOWN],
  ["a body that never ends", async () => new Response(new ReadableStream({}), { status: 201 }), UNKNOWN, UNKNOWN],
];
for (const [what, fetch, ticket, own] of ANSWERS) {
  test(`${what}: sent once, and told as what it is`, async () => {
    for (const [name, config, expected] of [["zendesk-ticket", { subdomain: "shop" }, ticket], ["webhook", { url: "https://shop.example/help" }, own]]) {
      const { result, sent } = await sends(name, config, fetch);
      assert.deepEqual([result, sent.length], [expected, 1], name);
    }
  });
}

test("reasons are few and short", async () => {
  const details = { base: Array.from({ length: 50 }, () => ({ description: "x".repeat(5000) })) };
  const { result } = await sends("zendesk-ticket", { subdomain: "shop" }, answer(422, JSON.stringify({ details })));
  assert.deepEqual([result.details.length, result.details[0].length], [3, 200]);
});

test("settings that cannot be right send nothing", () => {
  for (const subdomain of ["", "shop.evil.example/", "https://shop", "Shop", undefined]) assert.match(complaint("zendesk-ticket", { subdomain }, FORMS), /needs `subdomain`/);
  for (const url of ["", "javascript:alert(1)", "http://shop.example/help", "//shop.example", "https://"]) assert.match(complaint("webhook", { url }, FORMS), /needs `url`/);
  assert.equal(complaint("webhook", { url: "https://shop.example/help" }, FORMS), "");
});
