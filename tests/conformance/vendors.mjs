// Vendor messengers: what exactly each is told, held against logs, and what happens when a vendor is
// blocked, silent, half there or lying. Run by `cargo xtask conformance`, or `node --test`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { VENDORS, brief, complaint, open } from "../../www/vendors.js";

const PACKET = {
  v: 1, lang: "fr", page: { url: "https://shop.example/cart", title: "Panier", page_type: "cart", product: "" },
  basket: "2 items", searches: ["retour"], read: [{ id: "return-item", title: "Retours", helped: false }], signals: [],
};
const FACTS = { page: "https://shop.example/cart", page_title: "Panier", page_type: "cart", basket: "2 items", language: "fr", articles_read: "return-item", searches: "retour" };
const QUESTION = "Comment renvoyer ?";
const HEX = "0123456789abcdef0123456789abcdef";

/** A page whose clock runs as fast as promises do. `load` plays each vendor's script: its globals appear, or it fails. */
function page(load = () => {}) {
  const log = [], elements = [], listeners = {};
  let now = 0;
  const timers = [];
  const element = (tag) => ({
    tag, attrs: {}, setAttribute(name, value) { this.attrs[name] = value; },
    remove() { elements.splice(elements.indexOf(this), 1); },
    append() {},
  });
  const document = {
    createElement: element,
    getElementById: (id) => elements.find((one) => one.id === id),
    querySelector: (selector) => elements.find((one) => one.src && selector.includes(`"${one.src}"`)),
    head: { append(el) {
      elements.push(el);
      if (el.tag !== "script") return;
      log.push(["script", el.src, ...(el.integrity ? [el.integrity] : [])]);
      Promise.resolve().then(() => (load(window, el.src, log) === false ? el.onerror() : el.onload()));
    } },
    body: { append: (el) => elements.push(el) },
  };
  const window = { document, location: { origin: "https://shop.example" }, addEventListener: (name, run) => (listeners[name] = run), fire: (name) => listeners[name]() };
  const env = {
    window, consent: false, closed: () => log.push(["closed"]), now: () => 0,
    // Virtual time: the earliest timer fires when nothing else can run.
    wait: (ms) => new Promise((resolve) => { timers.push([now + ms, resolve]); }),
    copy: async (text) => { log.push(["copy", text]); return "copied"; },
    fetch: async () => { throw new TypeError("Failed to fetch"); },
  };
  const run = async (promise) => {
    let over;
    promise.then((value) => (over = { value }), (error) => (over = { error }));
    while (!over) {
      await new Promise((resolve) => setImmediate(resolve));
      if (over || !timers.length) continue;
      timers.sort((a, b) => a[0] - b[0]);
      const [at, fire] = timers.shift();
      now = at;
      fire();
    }
    if (over.error) throw over.error;
    return { ...over.value, at: now };
  };
  return { log, window, env, run, elements };
}

const spy = (log, name) => (...args) => { log.push([name, ...args.map((one) => (typeof one === "function" ? "fn" : one))]); };

const CASES = {
  "zendesk-messenger": {
    config: { key: "0a1b2c3d-0000-4000-8000-000000000000", fields: { page: 4422761977114 }, tags: ["returns"], zIndex: 9 },
    load: (w, _, log) => { w.zE = (...args) => { spy(log, "zE")(...args); if (args[1] === "newConversation") args[3](null, { id: "c1" }); }; },
    how: "sent",
    log: [
      ["script", "https://static.zdassets.com/ekr/snippet.js?key=0a1b2c3d-0000-4000-8000-000000000000"],
      ["zE", "messenger:set", "locale", "fr"],
      ["zE", "messenger:set", "zIndex", 9],
      ["zE", "messenger:set", "cookies", "functional"],
      ["zE", "messenger:set", "conversationFields", [{ id: "4422761977114", value: "https://shop.example/cart" }]],
      ["zE", "messenger:set", "conversationTags", ["help_widget", "returns"]],
      ["zE", "messenger:on", "close", "fn"],
      ["zE", "messenger", "newConversation", { metadata: FACTS, message: { content: { type: "text", text: QUESTION }, metadata: {} } }, "fn"],
      ["zE", "messenger", "open"],
    ],
  },
  "twilio-webchat": {
    config: { deploymentKey: "CV" + HEX, script: "https://media.twiliocdn.com/sdk/js/webchat-v3/releases/3.3.0/webchat.min.js", integrity: "sha256-ydLLXnNrb26iFUvKAHsYt9atwfzz0LNcgBmo0NmD5Uk=" },
    load: (w, _, log) => { w.Twilio = { initWebchat: spy(log, "initWebchat") }; },
    how: "typed",
    log: [
      ["script", "https://media.twiliocdn.com/sdk/js/webchat-v3/releases/3.3.0/webchat.min.js", "sha256-ydLLXnNrb26iFUvKAHsYt9atwfzz0LNcgBmo0NmD5Uk="],
      ["initWebchat", {
        deploymentKey: "CV" + HEX, region: "", appStatus: "open",
        context: { ...FACTS, locationOrigin: "https://shop.example", lastQuery: QUESTION, language: "fr" },
        preEngagementConfig: { fields: [
          { label: "Name", type: "InputItem", attributes: { name: "friendlyName", type: "text", required: true, value: "" } },
          { label: "Question", type: "TextareaItem", attributes: { name: "query", type: "text", required: true, value: QUESTION } },
        ] },
      }],
    ],
  },
  chatwoot: {
    config: { baseUrl: "https://chat.shop.example", websiteToken: "abcdefghij0123456789" },
    load: (w, _, log) => {
      w.chatwootSDK = { run: (options) => {
        spy(log, "run")(options);
        w.$chatwoot = { setLocale: spy(log, "setLocale"), setConversationCustomAttributes: spy(log, "attributes"), toggle: spy(log, "toggle") };
        Promise.resolve().then(() => w.fire("chatwoot:ready"));
      } };
    },
    how: "copied",
    log: [
      ["script", "https://chat.shop.example/packs/js/sdk.js"],
      ["run", { websiteToken: "abcdefghij0123456789", baseUrl: "https://chat.shop.example" }],
      ["setLocale", "fr"],
      ["attributes", { ...FACTS, question: QUESTION }],
      ["toggle", "open"],
      ["copy", QUESTION],
    ],
  },
  intercom: {
    config: { appId: "ab12cd34" },
    load: (w, _, log) => { w.Intercom = spy(log, "Intercom"); },
    how: "typed",
    log: [
      ["script", "https://widget.intercom.io/widget/ab12cd34"],
      ["Intercom", "boot", { app_id: "ab12cd34", hide_default_launcher: true, language_override: "fr", ...FACTS }],
      ["Intercom", "onHide", "fn"],
      ["Intercom", "showNewMessage", QUESTION],
    ],
  },
  crisp: {
    config: { websiteId: "0a1b2c3d-0000-4000-8000-000000000000" },
    load: (w, _, log) => { w.$crisp = { push: ([verb, what, ...args]) => log.push([verb, what, ...args.map((one) => (typeof one === "function" ? "fn" : one))]) }; },
    how: "typed",
    log: [
      ["script", "https://client.crisp.chat/l.js"],
      ["set", "session:data", [Object.entries(FACTS)]],
      ["set", "session:segments", [["helpnook"], false]],
      ["on", "chat:closed", "fn"],
      ["set", "message:text", [QUESTION]],
      ["do", "chat:open"],
    ],
  },
  tawk: {
    config: { property: "0123456789abcdef01234567", widget: "default" },
    load: (w, _, log) => { Object.assign(w.Tawk_API, { setAttributes: spy(log, "setAttributes"), addTags: spy(log, "addTags"), maximize: spy(log, "maximize") }); Promise.resolve().then(w.Tawk_API.onLoad); },
    how: "copied",
    log: [
      ["script", "https://embed.tawk.to/0123456789abcdef01234567/default"],
      ["setAttributes", Object.fromEntries(Object.entries({ ...FACTS, question: QUESTION }).map(([name, value]) => [name.replace(/_/g, "-"), value])), "fn"],
      ["addTags", ["helpnook"], "fn"],
      ["maximize"],
      ["copy", QUESTION],
    ],
  },
  gorgias: {
    config: { id: "01GABCDEFG" },
    load: (w, _, log) => { w.GorgiasChat = { init: async () => log.push(["init"]), open: spy(log, "open"), sendMessage: spy(log, "sendMessage") }; },
    how: "copied",
    log: [
      ["script", "https://config.gorgias.chat/bundle-loader/01GABCDEFG"],
      ["init"], ["open"],
      ["sendMessage", `${QUESTION}\n\n---\n${Object.entries(FACTS).map(([name, value]) => `${name}: ${value}`).join("\n")}`],
      ["copy", QUESTION],
    ],
  },
  helpscout: {
    config: { id: "0a1b2c3d-0000-4000-8000-000000000000" },
    load: (w, _, log) => { for (const { method, options } of w.Beacon.readyQueue) log.push(["Beacon", method, options]); w.Beacon = spy(log, "Beacon"); },
    how: "typed",
    log: [
      ["script", "https://beacon-v2.helpscout.net"],
      ["Beacon", "init", "0a1b2c3d-0000-4000-8000-000000000000"],
      ["Beacon", "session-data", FACTS],
      ["Beacon", "prefill", { subject: QUESTION, text: QUESTION }],
      ["Beacon", "on", "close", "fn"],
      ["Beacon", "navigate", "/ask/"],
      ["Beacon", "open"],
    ],
  },
  livechat: {
    config: { license: "1234567", organizationId: "0a1b2c3d-0000-4000-8000-000000000000" },
    load: (w, _, log) => { w.LiveChatWidget = { call: spy(log, "call"), on: spy(log, "on") }; },
    how: "copied",
    log: [
      ["script", "https://cdn.livechatinc.com/tracking.js"],
      ["call", "set_session_variables", { ...FACTS, question: QUESTION }],
      ["on", "visibility_changed", "fn"],
      ["call", "maximize"],
      ["copy", QUESTION],
    ],
  },
  freshchat: {
    config: { token: "0a1b2c3d-0000-4000", host: "https://wchat.eu.freshchat.com", channel: "Returns" },
    load: (w, _, log) => { w.fcWidget = { init: spy(log, "init"), user: { setProperties: spy(log, "properties") }, on: spy(log, "on"), open: spy(log, "open") }; },
    how: "typed",
    log: [
      ["script", "https://wchat.eu.freshchat.com/js/widget.js"],
      ["init", { token: "0a1b2c3d-0000-4000", host: "https://wchat.eu.freshchat.com", locale: "fr", config: { headerProperty: { hideChatButton: true } } }],
      ["properties", FACTS],
      ["on", "widget:closed", "fn"],
      ["open", { name: "Returns", replyText: QUESTION }],
    ],
  },
  hubspot: {
    config: { portal: "1234567" },
    load: (w, _, log) => { w.HubSpotConversations = { widget: { load: spy(log, "load") } }; for (const run of w.hsConversationsOnReady) run(); },
    how: "copied",
    log: [["script", "https://js.hs-scripts.com/1234567.js"], ["load", { widgetOpen: true }], ["copy", QUESTION]],
  },
  acquire: {
    config: { script: "https://shop.acquire.io/init.js" },
    load: (w, _, log) => { for (const one of w.acquire) log.push(["push", typeof one === "function" ? "fn" : one]); w.acquireIO = {}; },
    how: "copied",
    log: [["script", "https://shop.acquire.io/init.js"], ["push", { userDetails: { fields: { ...FACTS, question: QUESTION } } }], ["push", "fn"], ["copy", QUESTION]],
  },
  rocketchat: {
    config: { baseUrl: "https://chat.shop.example" },
    load: (w, _, log) => {
      const widget = { setCustomField: spy(log, "field"), setLanguage: spy(log, "language"), onChatMinimized: spy(log, "minimized"), maximizeWidget: spy(log, "maximize") };
      w.RocketChat = (run) => run.call(widget);
    },
    how: "copied",
    log: [
      ["script", "https://chat.shop.example/livechat/rocketchat-livechat.min.js"],
      ...Object.entries({ ...FACTS, question: QUESTION }).map(([name, value]) => ["field", name, value]),
      ["language", "fr"], ["minimized", "fn"], ["maximize"], ["copy", QUESTION],
    ],
  },
};

for (const [name, { config, load, how, log }] of Object.entries(CASES)) {
  test(`${name} is told exactly this`, async () => {
    const at = page(load);
    const opened = await at.run(open(at.env, [name], { [name]: config }, PACKET, QUESTION));
    assert.deepEqual(opened.failed, []);
    assert.deepEqual([opened.name, opened.how], [name, how]);
    assert.deepEqual(at.log, log);
  });
  test(`${name} blocked: the next way is taken at once, and nothing of it is left`, async () => {
    const at = page(() => false);
    const opened = await at.run(open(at.env, [name], { [name]: config }, PACKET, QUESTION));
    assert.equal(opened.name, undefined);
    assert.deepEqual(opened.failed, [`${name}: blocked`]);
    assert.ok(opened.at <= 8000);
    assert.ok(!at.elements.some((one) => one.tag === "script"));
  });
  test(`${name} silent: the next way is taken after 8 s`, async () => {
    const at = page(() => {});
    const opened = await at.run(open(at.env, [name], { [name]: config }, PACKET, QUESTION));
    // A queue of the vendor's own takes calls without the vendor being there.
    if (opened.name) return;
    assert.ok(opened.failed.length === 1 && opened.at <= 8000, JSON.stringify(opened));
  });
  test(`${name} with wrong settings is never loaded`, async () => {
    const at = page(load);
    const opened = await at.run(open(at.env, [name], { [name]: {} }, PACKET, QUESTION));
    assert.match(opened.failed[0], /needs `/);
    assert.deepEqual(at.log, []);
  });
}

/** A vendor's global of another release: whatever is called on it throws. */
const changed = new Proxy(function () {}, {
  get: (_, name) => (name === "then" || typeof name === "symbol" ? undefined : changed),
  apply() { throw new TypeError("is not a function"); },
});
const GLOBALS = {
  "zendesk-messenger": "zE", "twilio-webchat": "Twilio", chatwoot: "chatwootSDK", intercom: "Intercom", crisp: "$crisp", tawk: "Tawk_API",
  gorgias: "GorgiasChat", helpscout: "Beacon", livechat: "LiveChatWidget", freshchat: "fcWidget", rocketchat: "RocketChat",
};
for (const [name, key] of Object.entries(GLOBALS)) {
  test(`${name} changed by its vendor: the next way has the words within 8 s`, async () => {
    const at = page((w, src, log) => (src.includes("hs-scripts") ? CASES.hubspot.load(w, src, log) : void (w[key] = changed)));
    const settings = { [name]: CASES[name].config, hubspot: CASES.hubspot.config };
    const opened = await at.run(open(at.env, [name, "hubspot"], settings, PACKET, QUESTION));
    assert.deepEqual([opened.name, opened.failed.length], ["hubspot", 1]);
    assert.ok(opened.at <= 8000 && at.log.some(([what, words]) => what === "copy" && words === QUESTION), JSON.stringify(at.log));
  });
}

test("every vendor has its case", () => assert.deepEqual(Object.keys(CASES).sort(), Object.keys(VENDORS).sort()));

test("zendesk without an answer in 4 s: opened, and the question is on the clipboard", async () => {
  const { config, log } = CASES["zendesk-messenger"];
  const at = page((w, _, log) => { w.zE = spy(log, "zE"); });
  const opened = await at.run(open(at.env, ["zendesk-messenger"], { "zendesk-messenger": config }, PACKET, QUESTION));
  assert.equal(opened.how, "copied");
  assert.deepEqual(at.log, [...log, ["copy", QUESTION]]);
});

test("a messenger that the shop has already is used, never loaded again", async () => {
  const at = page();
  at.window.zE = (...args) => args[1] === "newConversation" && args[3](null, { id: "c" });
  at.elements.push({ id: "ze-snippet" });
  const opened = await at.run(open(at.env, ["zendesk-messenger"], { "zendesk-messenger": CASES["zendesk-messenger"].config }, PACKET, QUESTION));
  assert.equal(opened.how, "sent");
  assert.ok(!at.log.some(([what]) => what === "script"));
});

test("in the merchant's order, the next on failure", async () => {
  const at = page((w, src, log) => (src.includes("zdassets") ? false : CASES.intercom.load(w, src, log)));
  const settings = { "zendesk-messenger": CASES["zendesk-messenger"].config, intercom: CASES.intercom.config };
  const opened = await at.run(open(at.env, ["zendesk-messenger", "intercom"], settings, PACKET, QUESTION));
  assert.deepEqual([opened.name, opened.failed], ["intercom", ["zendesk-messenger: blocked"]]);
});

test("a vendor that comes too late opens nothing over the next one", async () => {
  let release;
  const at = page((w, src, log) => CASES.intercom.load(w, src, log));
  const append = at.window.document.head.append;
  at.window.document.head.append = (el) => (el.src.includes("zdassets") ? (release = el.onload) : append(el));
  const settings = { "zendesk-messenger": CASES["zendesk-messenger"].config, intercom: CASES.intercom.config };
  const opened = await at.run(open(at.env, ["zendesk-messenger", "intercom"], settings, PACKET, QUESTION));
  assert.equal(opened.name, "intercom");
  at.window.zE = () => assert.fail("zendesk was told something");
  release();
  await at.run(at.env.wait(10));
});

test("the packet is cut to what vendors take, visibly", () => {
  const { facts, summary, question } = brief({ ...PACKET, basket: "x".repeat(999) }, "y".repeat(9999));
  assert.ok(facts.basket.length === 255 && facts.basket.endsWith("…"));
  assert.ok(summary.length <= 1000 && question.length === 2000 && question.endsWith("…"));
});

test("a form takes its turn in the merchant's order, and what it does not take goes on", async () => {
  const settings = { intercom: CASES.intercom.config, "zendesk-ticket": { subdomain: "shop" } };
  for (const [how, expected] of [["left", "zendesk-ticket"], [undefined, "intercom"]]) {
    const at = page(CASES.intercom.load);
    const asked = [];
    at.env.leave = async (...args) => (asked.push(args), how);
    const opened = await at.run(open(at.env, ["zendesk-ticket", "intercom"], settings, PACKET, QUESTION));
    assert.equal(opened.name, expected);
    assert.deepEqual([asked[0][0], asked[0][1], asked[0][2].question, asked[0][3]], ["zendesk-ticket", { subdomain: "shop" }, QUESTION, 0]);
  }
  const at = page();
  at.env.leave = async () => { throw { what: "forms.js", why: "blocked" }; };
  assert.deepEqual((await at.run(open(at.env, ["webhook"], {}, PACKET, QUESTION))).failed, ["webhook: blocked"]);
});

// Crisp publishes what makes these calls: the same, made by it, must read the same.
const crisp = process.env.CRISP && new URL("dist/crisp.esm.js", `file://${process.env.CRISP}/`).href;
test("crisp is told what its own package tells it", { skip: !crisp && "CRISP is not set: npm i crisp-sdk-web" }, async () => {
  Object.assign(globalThis, { window: globalThis, $crisp: [], document: { readyState: "complete", addEventListener() {}, createElement: () => ({}), getElementsByTagName: () => [], head: { append() {}, appendChild() {} } } });
  const { Crisp } = await import(crisp);
  Crisp.configure(CASES.crisp.config.websiteId, { autoload: false });
  globalThis.$crisp = [];
  Crisp.session.setData(FACTS);
  Crisp.session.setSegments(["helpnook"], false);
  Crisp.chat.onChatClosed(() => {});
  Crisp.message.setMessageText(QUESTION);
  Crisp.chat.open();
  const told = globalThis.$crisp.map((call) => call.map((one) => (typeof one === "function" ? "fn" : one)));
  // It takes back what another part of it may have asked for before.
  assert.deepEqual(told.filter(([verb]) => verb !== "off"), CASES.crisp.log.slice(1));
});

test("settings are told apart in words", () => {
  assert.match(complaint("pigeon", {}), /no way to reach a person/);
  assert.match(complaint("intercom", {}), /needs `appId`/);
  assert.equal(complaint("crisp", CASES.crisp.config), "");
});
