// One conversation: what was said, what is known of the shopper, and the answer to write.

import * as api from "./api.js";
import { avatar, el, icon, icons, newId } from "./dom.js";
import { context } from "./context.js";
import { clock, named, t } from "./texts.js";

/** How often "is writing" is said again while it is so. */
const TYPING_EVERY_MS = 4000;

/** Drafts by conversation; they outlive leaving a conversation, not the page. */
const drafts = new Map();

export class Conversation {
  /** `tell` speaks to those who cannot see; `back` shows the list. */
  constructor(id, { tell, back }) {
    this.id = id;
    this.tell = tell;
    this.cursor = 0;
    this.events = [];
    this.pending = [];
    this.log = el("div", { class: "log", role: "log", "aria-label": t("messages"), tabindex: "0" });
    this.head = el("div", { class: "head-title" });
    this.aside = el("aside", { class: "context", "aria-label": t("about") });
    this.closeButton = el("button", { class: "quiet", type: "button", onclick: () => this.toggleClosed() });
    this.detailsButton = el(
      "button",
      { class: "quiet only-narrow", type: "button", "aria-label": t("details"), "aria-expanded": "false", onclick: () => this.toggleDetails() },
      icon(icons.info),
      el("span", { class: "label" }, t("details")),
    );
    this.field = el("textarea", {
      rows: "1",
      "aria-label": t("write"),
      placeholder: t("write"),
      title: t("writeHint"),
      onkeydown: (event) => this.key(event),
      oninput: () => this.wrote(),
    });
    this.field.value = drafts.get(id) || "";
    this.alert = el("p", { class: "alert", role: "alert", hidden: true });
    this.node = el(
      "section",
      { class: "conversation" },
      el(
        "header",
        { class: "head" },
        el("button", { class: "quiet back", type: "button", "aria-label": t("back"), onclick: back }, icon(icons.back)),
        this.head,
        this.detailsButton,
        this.closeButton,
      ),
      el(
        "div",
        { class: "body" },
        el("div", { class: "talk" }, this.log, this.alert, this.composer()),
        this.aside,
      ),
    );
  }

  composer() {
    const send = el("button", { class: "send", type: "submit", "aria-label": t("send") }, icon(icons.send));
    const submit = (event) => {
      event.preventDefault();
      this.send();
    };
    return el("form", { class: "composer", onsubmit: submit }, this.field, send);
  }

  /** Reads what is new; safe to call at any time. */
  async refresh() {
    if (this.reading) {
      this.again = true;
      return;
    }
    this.reading = true;
    try {
      do {
        this.again = false;
        const detail = await api.conversation(this.id, this.cursor);
        this.take(detail);
        if (detail.cursor > this.cursor) this.again = true;
      } while (this.again);
      this.alert.hidden = true;
    } catch (failure) {
      this.fail(failure.status === 404 ? t("gone") : t("failed", { why: failure.message }));
    } finally {
      this.reading = false;
    }
  }

  take(detail) {
    const first = this.cursor === 0;
    const news = detail.events.filter((event) => event.cursor > this.cursor);
    this.events.push(...news);
    this.cursor = this.events.at(-1)?.cursor ?? 0;
    this.row = detail.row;
    const stored = new Set(this.events.map((event) => event.id));
    this.pending = this.pending.filter((message) => !stored.has(message.id));
    if (first) this.aside.replaceChildren(...context(detail));
    for (const event of first ? [] : news.filter((event) => event.from === "shopper")) {
      this.tell(t("newMessage", { who: t("shopper"), text: event.text }));
    }
    this.drawHead();
    this.drawLog(first || news.length > 0);
    this.markSeen();
  }

  markSeen() {
    if (!this.row?.unread || document.visibilityState !== "visible") return;
    // Failing is no harm: it is said again with the next message.
    api.seen(this.id, this.cursor).catch(() => {});
  }

  drawHead() {
    const { page, page_type: type, closed, lang } = this.row;
    this.head.replaceChildren(
      avatar(this.id, lang),
      el("div", { class: "head-text" }, el("h1", {}, page || t("shopper")), type && el("p", {}, named("page", type))),
    );
    const label = closed ? t("reopen") : t("close");
    this.closeButton.replaceChildren(icon(closed ? icons.reopen : icons.close), el("span", { class: "label" }, label));
    this.closeButton.setAttribute("aria-label", label);
  }

  drawLog(toEnd) {
    const nearEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80;
    const mine = this.events.findLast((event) => event.from === "agent");
    const nodes = this.events.map((event, at) => this.bubble(event, this.events[at - 1], event === mine)).filter(Boolean);
    nodes.push(...this.pending.map((message) => this.waiting(message)));
    this.log.replaceChildren(...nodes);
    if (toEnd && nearEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  bubble(event, before, isLastOfMine) {
    if (event.kind === "closed" || event.kind === "reopened") {
      const text = event.kind === "closed" ? t("wasClosed") : t("wasReopened");
      return el("p", { class: "mark" }, `${text} · ${clock(event.at_ms)}`);
    }
    if (event.kind !== "message") return null;
    const who = event.from === "shopper" ? t("shopper") : event.name || t("bot");
    const goesOn = before?.kind === "message" && before.from === event.from && event.at_ms - before.at_ms < 120000;
    const state = isLastOfMine && (this.row.shopper_seen >= event.cursor ? t("seen") : t("sent"));
    return el(
      "article",
      { class: `message from-${event.from}${goesOn ? " goes-on" : ""}` },
      el("p", { class: "meta" }, el("span", { class: "who" }, who), ` ${clock(event.at_ms)}`),
      el("p", { class: "text", dir: "auto" }, event.text),
      state && el("p", { class: "state" }, state),
    );
  }

  waiting(message) {
    const state = message.why
      ? [t("notSent", { why: message.why }), " ", el("button", { class: "link", type: "button", onclick: () => this.deliver(message) }, t("retry"))]
      : [t("sending")];
    return el(
      "article",
      { class: `message from-agent${message.why ? " failed" : " pending"}` },
      el("p", { class: "text", dir: "auto" }, message.text),
      el("p", { class: "state", role: message.why ? "alert" : null }, ...state),
    );
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    }
  }

  wrote() {
    drafts.set(this.id, this.field.value);
    const now = Date.now();
    if (now - (this.saidTyping || 0) > TYPING_EVERY_MS) {
      this.saidTyping = now;
      api.typing(this.id, true).catch(() => {});
    }
  }

  send() {
    const text = this.field.value.trim();
    if (!text) return;
    const message = { id: newId(), text };
    this.pending.push(message);
    this.field.value = "";
    this.saidTyping = 0;
    drafts.delete(this.id);
    this.deliver(message);
  }

  /** Sends one message after the other, so that they arrive as they were written. */
  deliver(message) {
    message.why = null;
    this.log.scrollTop = this.log.scrollHeight;
    this.drawLog(true);
    this.line = (this.line || Promise.resolve()).then(async () => {
      try {
        await api.reply(this.id, message.id, message.text);
        await this.refresh();
      } catch (failure) {
        message.why = failure.message;
        this.drawLog(true);
      }
    });
  }

  async toggleClosed() {
    try {
      await api.setClosed(this.id, !this.row.closed);
      await this.refresh();
    } catch (failure) {
      this.fail(t("failed", { why: failure.message }));
    }
  }

  toggleDetails() {
    const open = this.node.classList.toggle("shows-context");
    this.detailsButton.setAttribute("aria-expanded", String(open));
  }

  fail(text) {
    this.alert.textContent = text;
    this.alert.hidden = false;
  }
}
