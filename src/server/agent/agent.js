// The agents' page: signs in, keeps the list live, shows one conversation.

import * as api from "./api.js";
import { forgetDrafts } from "./composer.js";
import { Conversation } from "./conversation.js";
import { el, icon, icons } from "./dom.js";
import { List } from "./list.js";
import { dir, lang, t } from "./texts.js";

/** How often waiting times are drawn anew. */
const CLOCK_MS = 15000;

const app = document.getElementById("app");
document.documentElement.lang = lang;
document.documentElement.dir = dir;

let inbox = null;

/** Shows the form to sign in. */
function showSignIn() {
  inbox?.end();
  inbox = null;
  document.title = t("signIn");
  const name = el("input", { name: "name", autocomplete: "username", required: true, maxlength: "80" });
  const password = el("input", { name: "password", type: "password", autocomplete: "current-password", required: true });
  const alert = el("p", { class: "alert", role: "alert", hidden: true });
  const button = el("button", { class: "primary", type: "submit" }, t("signIn"));
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      start(await api.signIn(name.value.trim(), password.value));
    } catch (failure) {
      const texts = { 401: t("signInWrong"), 429: t("signInTooOften", { s: failure.retryAfter }) };
      alert.textContent = texts[failure.status] || t("failed", { why: failure.message });
      alert.hidden = false;
      password.select();
    } finally {
      button.disabled = false;
    }
  };
  app.replaceChildren(
    el(
      "main",
      { class: "sign-in" },
      el(
        "form",
        { onsubmit: submit },
        el("img", { src: "/agent/icon.svg", alt: "", width: "48", height: "48" }),
        el("h1", {}, t("inbox")),
        el("p", { class: "faint" }, t("signInLead")),
        el("label", {}, t("name"), name),
        el("label", {}, t("password"), password),
        alert,
        button,
      ),
    ),
  );
  name.focus();
}

class Inbox {
  constructor(me) {
    this.me = me;
    this.closed = false;
    this.list = new List();
    this.desk = { agents: [], topics: [], drafts: false };
    this.which = el("select", { class: "which", "aria-label": t("show"), onchange: () => this.drawWhich() });
    this.status = el("p", { class: "unseen", role: "status" });
    this.banner = el("p", { class: "banner", role: "status", hidden: true });
    this.main = el("div", { class: "main" });
    this.presence = el("button", { class: "presence", type: "button", onclick: () => this.togglePresence() });
    this.tabs = [false, true].map((closed) =>
      el("button", { class: "tab", type: "button", onclick: () => this.show(closed) }, t(closed ? "closed" : "open")),
    );
    const out = el("button", { class: "quiet", type: "button", onclick: () => this.signOut() }, t("signOut"));
    this.node = el(
      "main",
      { class: "inbox" },
      el(
        "nav",
        { class: "side", "aria-label": t("conversations") },
        el("header", { class: "side-head" }, el("h1", {}, t("inbox")), this.presence),
        el("div", { class: "tabs" }, ...this.tabs),
        el("div", { class: "which-row" }, this.which),
        el("div", { class: "scroll" }, this.list.node, this.list.empty),
        el("footer", { class: "side-foot" }, el("span", { class: "faint" }, me.name), out),
      ),
      this.main,
      this.banner,
      this.status,
    );
    app.replaceChildren(this.node);
    this.onhash = () => this.route();
    this.onkey = (event) => this.key(event);
    this.onlook = () => this.conversation?.markSeen();
    addEventListener("hashchange", this.onhash);
    addEventListener("keydown", this.onkey);
    document.addEventListener("visibilitychange", this.onlook);
    this.timer = setInterval(() => this.list.draw(), CLOCK_MS);
    this.drawPresence();
    this.show(false).then(() => this.greet());
    this.begin();
  }

  /** Who has just come goes on at the first row, unless something has the focus already. */
  greet() {
    const nowhere = document.activeElement === document.body;
    if (nowhere && !this.conversation && !this.list.focus()) this.tabs[0].focus();
  }

  /** What there is to sort by is known before a conversation is shown. */
  async begin() {
    Object.assign(this.desk, await api.desk().catch(() => ({})));
    const option = ([value, label]) => el("option", { value }, label);
    const fixed = [["", t("everyone")], ["mine", t("mine")], ["nobody", t("nobody")]];
    const topics = this.desk.topics.map((topic) => [`topic ${topic}`, topic]);
    this.which.replaceChildren(...[...fixed, ...topics].map(option));
    this.route();
    this.listen();
  }

  drawWhich() {
    const which = this.which.value;
    const own = this.me.name;
    const kinds = { "": () => true, mine: (row) => row.assigned === own, nobody: (row) => !row.assigned };
    this.list.filter(kinds[which] || ((row) => `topic ${row.topic}` === which));
  }

  end() {
    this.source?.close();
    clearInterval(this.timer);
    removeEventListener("hashchange", this.onhash);
    removeEventListener("keydown", this.onkey);
    document.removeEventListener("visibilitychange", this.onlook);
  }

  listen() {
    this.source = api.live({
      open: () => {
        this.banner.hidden = true;
        // What happened in between was not heard.
        this.load();
        this.conversation?.refresh();
      },
      lost: (forGood) => {
        this.banner.textContent = t("reconnecting");
        this.banner.hidden = false;
        if (forGood) setTimeout(() => this.comeBack(), 3000);
      },
      row: (row) => {
        this.list.put(row);
        this.drawTitle();
        if (row.id === this.conversation?.id) this.conversation.refresh();
      },
      typing: ({ id, on }) => {
        if (id === this.conversation?.id) this.conversation.showWriting(on);
      },
      gone: ({ id }) => {
        this.list.remove(id);
        if (id === this.conversation?.id) this.conversation.fail(t("gone"));
      },
      reload: () => {
        this.load();
        this.conversation?.refresh();
      },
    });
  }

  /** The browser gave up: either the session is over, or the inbox was away for long. */
  async comeBack() {
    try {
      if (!(await api.me())) return showSignIn();
      this.source?.close();
      this.listen();
    } catch {
      setTimeout(() => this.comeBack(), 3000);
    }
  }

  async load() {
    const closed = this.closed;
    try {
      const rows = await api.list(closed);
      if (closed === this.closed) this.list.fill(rows, closed);
      this.drawTitle();
    } catch (failure) {
      if (failure.status === 401) showSignIn();
    }
  }

  show(closed) {
    this.closed = closed;
    this.tabs.forEach((tab, at) => tab.setAttribute("aria-pressed", String(Boolean(at) === closed)));
    return this.load();
  }

  /** Shows what the address names. */
  route() {
    const id = location.hash.slice(1);
    if (/^[0-9a-f]{32}$/.test(id)) {
      this.conversation = new Conversation(id, {
        desk: this.desk,
        tell: (text) => this.tell(text),
        back: () => this.toList(),
      });
      this.main.replaceChildren(this.conversation.node);
      this.node.classList.add("shows-one");
      this.conversation.refresh();
      this.conversation.focus();
    } else {
      this.conversation = null;
      this.node.classList.remove("shows-one");
      this.main.replaceChildren(
        el("div", { class: "empty" }, icon(icons.inbox), el("h2", {}, t("pick")), el("p", {}, t("pickHint"))),
      );
    }
    this.list.choose(this.conversation?.id ?? null);
  }

  toList() {
    const id = this.conversation?.id;
    history.pushState(null, "", "/agent/");
    this.route();
    if (!this.list.focus(id)) this.tabs[Number(this.closed)].focus();
  }

  key(event) {
    const inDialog = document.querySelector("dialog[open]");
    if (event.key !== "Escape" || !this.conversation || inDialog) return;
    if (!this.conversation.hideDetails()) this.toList();
  }

  tell(text) {
    this.status.textContent = text;
  }

  drawTitle() {
    const n = this.closed ? 0 : this.list.unread;
    document.title = n ? `(${n}) ${t("inbox")}` : t("inbox");
  }

  drawPresence() {
    const { away } = this.me;
    this.presence.setAttribute("aria-pressed", String(!away));
    this.presence.title = t(away ? "awayHint" : "presenceHint");
    this.presence.replaceChildren(el("span", { class: "dot", "aria-hidden": "true" }), t(away ? "away" : "available"));
  }

  async togglePresence() {
    const away = !this.me.away;
    try {
      await api.setAway(away);
      this.me.away = away;
      this.drawPresence();
    } catch (failure) {
      this.tell(t("failed", { why: failure.message }));
    }
  }

  async signOut() {
    await api.signOut().catch(() => {});
    forgetDrafts();
    showSignIn();
  }
}

function start(me) {
  inbox?.end();
  inbox = new Inbox(me);
}

api.me().then((me) => (me ? start(me) : showSignIn()), showSignIn);
