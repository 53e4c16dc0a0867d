/* Fetched when the shopper has asked for a person and the shop answers in another vendor's messenger:
 * opens it with the question and the page's facts, or says why it cannot, so that the next way is
 * taken; where that is a form, `forms.js` is fetched. Nothing of a vendor is fetched before; nothing global is left but the vendor's own names.
 *
 * Why JavaScript: the vendors' contracts are JavaScript, and so are the typings that they publish;
 * all of these together are smaller than one of them would be with the glue of a further wasm module. */

/** How long a vendor may take before the next way is taken, and a proof of delivery before it is open without. */
const PATIENCE_MS = 8000;
const PROOF_MS = 4000;
const MOST_SUMMARY = 1000;

const cut = (text, most) => {
  const all = Array.from(String(text ?? ""));
  return all.length > most ? all.slice(0, most - 1).join("") + "…" : all.join("");
};

/** A packet as vendors take it: the question, a few plain facts, and the rest in words for the agent. */
export function brief(packet, question = "") {
  const page = packet.page || {};
  const facts = {};
  const put = (name, value) => {
    if (value) facts[name] = cut(value, 255);
  };
  put("page", page.url);
  put("page_title", page.title);
  put("page_type", page.page_type);
  put("product", page.product);
  put("basket", packet.basket);
  put("language", packet.lang);
  put("articles_read", (packet.read || []).map((one) => one.id).join(", "));
  put("searches", (packet.searches || []).join(" | "));
  put("answered", (packet.flow || []).map((one) => `${one.question} ${one.answer}`).join(" | "));
  put("asked_the_bot", (packet.transcript || []).map((one) => one.text).join(" | "));
  const lines = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
  return { question: cut(question, 2000), facts, summary: cut(lines.join("\n"), MOST_SUMMARY), lang: packet.lang || "en" };
}

/** By https, or on the machine of whoever tries it out. */
const isOn = (url) => /^(https:\/\/[^/\s]|http:\/\/(127\.0\.0\.1|localhost)[:/])/.test(url);

/** Where a system of the shop's own runs. */
const ORIGIN = /^(https:\/\/[^/]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)$/;

/** Loads a script once; resolves when it ran. A script of the shop's own with that id or address is used as it is.
 * @param {any} env @param {string} url @param {{ id?: string, integrity?: string, attributes?: object }} [options] */
function script(env, url, { id, integrity, attributes = {} } = {}) {
  const doc = env.window.document;
  if (!isOn(url)) return Promise.reject(new Error("no https address: " + url));
  if ((id && doc.getElementById(id)) || doc.querySelector(`script[src="${url}"]`)) return Promise.resolve();
  return still(env, new Promise((resolve, reject) => {
    const el = doc.createElement("script");
    if (id) el.id = id;
    el.async = true;
    if (integrity) [el.integrity, el.crossOrigin] = [integrity, "anonymous"];
    if (env.nonce) el.nonce = env.nonce;
    for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
    el.onload = () => resolve();
    el.onerror = () => {
      el.remove();
      reject(new Error("blocked"));
    };
    el.src = url;
    doc.head.append(el);
  }));
}

/** What comes after a vendor's time is up never goes on: the next one may be open already. */
const still = (env, promise) => promise.then((value) => (env.over() ? new Promise(() => {}) : value));

/** Waits until something is there. */
const until = (env, there) =>
  new Promise((resolve) => {
    const look = () => env.over() || (there() ? resolve(there()) : env.wait(50).then(look));
    look();
  });

const within = (env, ms, promise) => Promise.race([promise, env.wait(ms).then(() => Promise.reject(new Error("silent")))]);

/** Each vendor: what its settings must hold, and how it is opened. `open` resolves to how the question
 * went: "sent" (with proof), "typed" (stands in the vendor's field), or "copied" (on the clipboard). */
export const VENDORS = {
  "zendesk-messenger": {
    needs: { key: /^[0-9a-f-]{20,64}$/i },
    hosts: ["static.zdassets.com", "*.zendesk.com"],
    async open(env, config, { question, facts, lang }) {
      const w = env.window;
      await script(env, `https://static.zdassets.com/ekr/snippet.js?key=${config.key}`, { id: "ze-snippet" });
      /** @type {typeof zE} */
      const tell = await until(env, () => w.zE);
      tell("messenger:set", "locale", lang);
      if (config.zIndex) tell("messenger:set", "zIndex", config.zIndex);
      tell("messenger:set", "cookies", env.consent ? "all" : "functional");
      // Ids of the shop's own ticket fields, by the fact that goes into each.
      const fields = Object.entries(config.fields || {}).filter(([name]) => facts[name]);
      if (fields.length) tell("messenger:set", "conversationFields", fields.map(([name, id]) => ({ id: String(id), value: facts[name] })));
      tell("messenger:set", "conversationTags", ["help_widget", ...(config.tags || [])]);
      tell("messenger:on", "close", env.closed);
      const sent = new Promise((resolve) => {
        const message = { content: { type: "text", text: question }, metadata: {} };
        // Not among the calls that the typings list, as of writing.
        const begin = /** @type {any} */ (tell);
        begin("messenger", "newConversation", { metadata: facts, message }, (error, conversation) => resolve(!error && conversation && conversation.id));
      });
      const proof = await Promise.race([sent, env.wait(PROOF_MS)]);
      tell("messenger", "open");
      return proof ? "sent" : env.copy(question);
    },
  },
  "twilio-webchat": {
    needs: { deploymentKey: /^CV[0-9a-f]{32}$/, script: /^https:/, integrity: /^sha\d+-/ },
    hosts: ["media.twiliocdn.com", "flex-api.twilio.com", "*.twilio.com"],
    async open(env, config, { question, facts, lang }) {
      const w = env.window, doc = w.document;
      if (config.styles && isOn(config.styles) && !doc.querySelector(`link[href="${config.styles}"]`)) {
        const link = doc.createElement("link");
        [link.rel, link.href] = ["stylesheet", config.styles];
        doc.head.append(link);
      }
      if (!doc.getElementById("twilio-webchat-widget-root")) {
        const root = doc.createElement("div");
        root.id = "twilio-webchat-widget-root";
        doc.body.append(root);
      }
      await script(env, config.script, { integrity: config.integrity });
      const Twilio = await until(env, () => w.Twilio && w.Twilio.initWebchat && w.Twilio);
      const field = (label, type, name, value) => ({ label, type, attributes: { name, type: "text", required: true, value } });
      const words = config.words || {};
      Twilio.initWebchat({
        deploymentKey: config.deploymentKey,
        region: config.region || "",
        appStatus: "open",
        context: { ...facts, locationOrigin: w.location.origin, lastQuery: question, language: lang },
        preEngagementConfig: {
          fields: [field(words.name || "Name", "InputItem", "friendlyName", ""), field(words.question || "Question", "TextareaItem", "query", question)],
        },
      });
      return "typed";
    },
  },
  chatwoot: {
    needs: { baseUrl: ORIGIN, websiteToken: /^\w{10,40}$/ },
    hosts: ["the baseUrl"],
    async open(env, config, { question, facts, lang }) {
      const w = env.window;
      w.chatwootSettings ||= { hideMessageBubble: true, locale: lang, useBrowserLanguage: false };
      const ready = new Promise((resolve) => (w.$chatwoot && w.$chatwoot.hasLoaded ? resolve() : w.addEventListener("chatwoot:ready", resolve, { once: true })));
      await script(env, `${config.baseUrl}/packs/js/sdk.js`);
      const sdk = await until(env, () => w.chatwootSDK || w.$chatwoot);
      if (!w.$chatwoot) sdk.run({ websiteToken: config.websiteToken, baseUrl: config.baseUrl });
      await still(env, ready);
      w.$chatwoot.setLocale(lang);
      w.$chatwoot.setConversationCustomAttributes({ ...facts, question });
      w.addEventListener("chatwoot:closed", env.closed);
      w.$chatwoot.toggle("open");
      return env.copy(question);
    },
  },
  intercom: {
    needs: { appId: /^\w{4,20}$/ },
    hosts: ["widget.intercom.io", "js.intercomcdn.com", "*.intercom.io"],
    async open(env, config, { question, facts, lang }) {
      /** @type {Window & { Intercom?: Intercom_.IntercomStatic }} */
      const w = env.window;
      const settings = { app_id: config.appId, hide_default_launcher: true, language_override: lang, ...facts, ...(config.apiBase && { api_base: config.apiBase }) };
      if (!w.Intercom) {
        await script(env, `https://widget.intercom.io/widget/${config.appId}`);
        await until(env, () => w.Intercom);
        w.Intercom("boot", settings);
      } else {
        w.Intercom("update", facts);
      }
      w.Intercom("onHide", env.closed);
      w.Intercom("showNewMessage", question);
      return "typed";
    },
  },
  crisp: {
    needs: { websiteId: /^[0-9a-f-]{36}$/ },
    hosts: ["client.crisp.chat", "client.relay.crisp.chat", "storage.crisp.chat"],
    async open(env, config, { question, facts }) {
      const w = env.window;
      w.$crisp ||= [];
      w.CRISP_WEBSITE_ID ||= config.websiteId;
      await script(env, "https://client.crisp.chat/l.js");
      w.$crisp.push(["set", "session:data", [Object.entries(facts)]]);
      w.$crisp.push(["set", "session:segments", [["helpnook", ...(config.tags || [])], false]]);
      w.$crisp.push(["on", "chat:closed", env.closed]);
      w.$crisp.push(["set", "message:text", [question]]);
      w.$crisp.push(["do", "chat:open"]);
      return "typed";
    },
  },
  tawk: {
    needs: { property: /^[0-9a-f]{24}$/, widget: /^\w{3,20}$/ },
    hosts: ["embed.tawk.to", "*.tawk.to"],
    async open(env, config, { question, facts }) {
      const w = env.window;
      const api = (w.Tawk_API ||= {});
      const ready = new Promise((resolve) => (api.maximize ? resolve() : (api.onLoad = resolve)));
      w.Tawk_LoadStart ||= new Date();
      await script(env, `https://embed.tawk.to/${config.property}/${config.widget}`);
      await still(env, ready);
      // Their names of attributes know no underscore.
      const named = Object.fromEntries(Object.entries({ ...facts, question }).map(([name, value]) => [name.replace(/_/g, "-"), value]));
      w.Tawk_API.setAttributes(named, () => {});
      w.Tawk_API.addTags(["helpnook", ...(config.tags || [])].slice(0, 10), () => {});
      w.Tawk_API.onChatMinimized = env.closed;
      w.Tawk_API.maximize();
      return env.copy(question);
    },
  },
  gorgias: {
    needs: { id: /^[\w-]{4,64}$/ },
    hosts: ["config.gorgias.chat", "*.gorgias.chat"],
    async open(env, config, { question, summary }) {
      const w = env.window;
      await script(env, `https://config.gorgias.chat/bundle-loader/${config.id}`);
      const chat = await until(env, () => w.GorgiasChat);
      await chat.init();
      chat.open();
      // There is no place for facts: they go with the question, told apart from it.
      chat.sendMessage(`${question}\n\n---\n${summary}`);
      return env.copy(question);
    },
  },
  helpscout: {
    needs: { id: /^[0-9a-f-]{36}$/ },
    hosts: ["beacon-v2.helpscout.net", "*.helpscout.net"],
    async open(env, config, { question, facts }) {
      const w = env.window;
      if (!w.Beacon) {
        // Their own queue: calls made before the script came are kept.
        const queue = (method, options, data) => queue.readyQueue.push({ method, options, data });
        queue.readyQueue = [];
        w.Beacon = queue;
        const loaded = script(env, "https://beacon-v2.helpscout.net");
        w.Beacon("init", config.id);
        await loaded;
      }
      w.Beacon("session-data", Object.fromEntries(Object.entries(facts).slice(0, 20)));
      w.Beacon("prefill", { subject: cut(question, 80), text: question });
      w.Beacon("on", "close", env.closed);
      w.Beacon("navigate", "/ask/");
      w.Beacon("open");
      return "typed";
    },
  },
  livechat: {
    needs: { license: /^\d{4,12}$/, organizationId: /^[0-9a-f-]{36}$/ },
    hosts: ["cdn.livechatinc.com", "api.livechatinc.com", "secure.livechatinc.com"],
    async open(env, config, { question, facts }) {
      /** @type {import("@livechat/widget-core").ExtendedWindow} */
      const w = env.window;
      w.__lc ||= { license: Number(config.license), organizationId: config.organizationId, integration_name: "manual_channels", product_name: "livechat" };
      await script(env, "https://cdn.livechatinc.com/tracking.js");
      const widget = await until(env, () => w.LiveChatWidget);
      widget.call("set_session_variables", { ...facts, question: cut(question, 500) });
      widget.on("visibility_changed", ({ visibility }) => visibility === "minimized" && env.closed());
      widget.call("maximize");
      return env.copy(question);
    },
  },
  freshchat: {
    needs: { token: /^[\w-]{8,64}$/, host: /^https:\/\/wchat(\.\w+)?\.freshchat\.com$/ },
    hosts: ["wchat.freshchat.com", "*.freshchat.com"],
    async open(env, config, { question, facts, lang }) {
      const w = env.window;
      await script(env, `${config.host}/js/widget.js`);
      const chat = await until(env, () => w.fcWidget);
      chat.init({ token: config.token, host: config.host, locale: lang, config: { headerProperty: { hideChatButton: true } } });
      chat.user.setProperties(facts);
      chat.on("widget:closed", env.closed);
      chat.open({ ...(config.channel && { name: config.channel }), replyText: question });
      return "typed";
    },
  },
  hubspot: {
    needs: { portal: /^\d{4,12}$/ },
    hosts: ["js.hs-scripts.com", "*.hubspot.com", "*.usemessages.com"],
    async open(env, config, { question }) {
      const w = env.window;
      w.hsConversationsSettings ||= { loadImmediately: false };
      const ready = new Promise((resolve) => (w.HubSpotConversations ? resolve() : (w.hsConversationsOnReady ||= []).push(resolve)));
      await script(env, `https://js.hs-scripts.com/${config.portal}.js`, { id: "hs-script-loader" });
      await still(env, ready);
      w.HubSpotConversations.widget.load({ widgetOpen: true });
      return env.copy(question);
    },
  },
  acquire: {
    needs: { script: /^https:/ },
    hosts: ["*.acquire.io", "the script's host"],
    async open(env, config, { question, facts }) {
      const w = env.window;
      w.acquire ||= [];
      w.acquire.push({ userDetails: { fields: { ...facts, question } } });
      w.acquire.push((app) => app.on("conversation-end", env.closed));
      await script(env, config.script);
      await until(env, () => w.acquireIO);
      return env.copy(question);
    },
  },
  rocketchat: {
    needs: { baseUrl: ORIGIN },
    hosts: ["the baseUrl"],
    async open(env, config, { question, facts, lang }) {
      const w = env.window;
      if (!w.RocketChat) {
        const queue = (run) => queue._.push(run);
        queue._ = [];
        queue.url = `${config.baseUrl}/livechat`;
        w.RocketChat = queue;
        await script(env, `${config.baseUrl}/livechat/rocketchat-livechat.min.js`);
      }
      await new Promise((resolve) =>
        w.RocketChat(function () {
          for (const [name, value] of Object.entries({ ...facts, question })) this.setCustomField(name, value);
          this.setLanguage(lang);
          this.onChatMinimized(env.closed);
          this.maximizeWidget();
          resolve();
        }),
      );
      return env.copy(question);
    },
  },
};

/** What is wrong with a vendor's settings, in words; empty when nothing is. */
export function complaint(name, config, ways = VENDORS) {
  const vendor = ways[name];
  if (!vendor) return `${name} is no way to reach a person that this release knows`;
  const wrong = Object.entries(vendor.needs).find(([key, shape]) => !shape.test(String((config || {})[key] ?? "")));
  return wrong ? `${name} needs \`${wrong[0]}\` like ${wrong[1]}` : "";
}

/** Names of the ways that are forms; `forms.js`, which is fetched for them, knows how. */
const FORMS = ["zendesk-ticket", "webhook"];

/** Opens the first of a list that can be opened. Resolves to `{name, how}`, or to nothing when the
 * next way has to be taken; `failed` lists why, vendor by vendor. No word is lost: the caller keeps the question. */
export async function open(env, names, settings, packet, question) {
  const failed = [];
  const asked = brief(packet, question);
  for (const [at, name] of names.entries()) {
    const config = settings[name] || {};
    if (FORMS.includes(name)) {
      try {
        const how = await env.leave(name, config, asked, at);
        if (how) return { name, how, failed };
        failed.push(`${name}: the next way was wanted`);
      } catch (error) {
        failed.push(error.message || `${name}: ${error.why}`);
      }
      continue;
    }
    const wrong = complaint(name, config);
    if (wrong) {
      failed.push(wrong);
      continue;
    }
    let late = false;
    // What a vendor calls back after its time is dropped.
    const own = { ...env, over: () => late, closed: () => late || env.closed() };
    try {
      const how = await within(env, PATIENCE_MS, VENDORS[name].open(own, config, asked));
      return { name, how, failed };
    } catch (error) {
      late = true;
      failed.push(`${name}: ${error.message}`);
    }
  }
  return { failed };
}

/** The tools of the real page. */
export function tools(window, closed, consent = false) {
  return {
    window,
    closed,
    consent,
    nonce: "",
    now: () => Date.now(),
    wait: (ms) => new Promise((resolve) => window.setTimeout(resolve, ms)),
    fetch: (...args) => window.fetch(...args),
    copy: (text) =>
      Promise.resolve()
        .then(() => window.navigator.clipboard.writeText(text))
        .then(() => "copied", () => "shown"),
  };
}

/** The settings block of the page: `<script type="application/json" data-helpnook-chat>`. */
export function settings(document) {
  try {
    return JSON.parse(document.querySelector("script[type='application/json'][data-helpnook-chat]").textContent) || {};
  } catch {
    return {};
  }
}

/** For the conversation: opens the first that can be opened; how the question got there, or nothing. */
export async function run(env, face, names, packet, question) {
  const { hidden } = env.button;
  const back = () => {
    env.button.hidden = hidden;
    if (!hidden) env.button.focus();
  };
  const list = names.split(",");
  const known = JSON.parse(packet);
  /** @type {any} */
  const own = { ...tools(window, () => env.guard(back)), nonce: env.tag.nonce, warn: env.warn };
  own.leave = async (name, config, asked, at) => {
    const forms = await env.module("forms.js");
    const wrong = complaint(name, config, forms.FORMS);
    if (wrong) throw new Error(wrong);
    const more = at < list.length - 1 || /(^|,)\s*(inbox|email|link):/.test(env.config.chat) || env.config.contact;
    // Words that wait for an address come back with the next page; not where a messenger would open by itself for them.
    const hold = (words) => (at || env.guard(() => face.held(words)));
    return forms.leave(own, env, name, config, asked, { email: (known.person || {}).email || "", more, hold });
  };
  const { name, how, failed } = await open(own, list, settings(document), known, question);
  for (const why of failed) env.warn(`this chat could not be opened, and the next way was taken: ${why}`);
  if (!name) return "";
  if (how === "left") return how;
  // Ours steps aside while theirs is open; it stays behind it where the question is to be pasted.
  env.button.hidden = true;
  if (/sent|typed/.test(how)) face.close();
  return how;
}
