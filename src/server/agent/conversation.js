// One conversation: what was said, what is known of the shopper, and the answer to write.

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { context } from "./context.js";
import { avatar, el, icon, icons, newId, saveText } from "./dom.js";
import { draftArticle } from "./draft.js";
import { messages, transcript } from "./messages.js";
import { named, t } from "./texts.js";

/** Distance from the end, in pixels, within which the log follows new messages. */
const NEAR_END_PX = 80;

/** How long "is writing" shows unless the shopper goes on. */
const TYPING_MS = 6000;

/** Characters of the shopper's last message that canned answers are searched for. */
const ASKED_CHARS = 200;

export class Conversation {
  /** `desk` is what there is to sort by; `tell` speaks to those who cannot see; `back` shows the list. */
  constructor(id, { desk, tell, back }) {
    Object.assign(this, { id, desk, tell });
    this.cursor = 0;
    this.events = [];
    this.notes = [];
    this.pending = [];
    this.log = el("div", { class: "log", role: "log", "aria-label": t("messages"), tabindex: "0" });
    this.head = el("div", { class: "head-title" });
    this.aside = el("aside", { class: "context", "aria-label": t("about") });
    this.writes = el("p", { class: "writes", hidden: true }, t("shopperWrites"));
    this.alert = el("p", { class: "alert", role: "alert", hidden: true });
    this.closeButton = el("button", { class: "quiet", type: "button", onclick: () => this.toggleClosed() });
    this.detailsButton = el(
      "button",
      {
        class: "quiet only-narrow",
        type: "button",
        "aria-label": t("details"),
        "aria-expanded": "false",
        onclick: () => this.toggleDetails(),
      },
      icon(icons.info),
      el("span", { class: "label" }, t("details")),
    );
    this.composer = new Composer(id, {
      send: (said, isNote) => this.send(said, isNote),
      fail: (text) => this.fail(text),
      asked: () => ({ lang: this.row?.lang || "", query: this.lastAsked() }),
    });
    this.node = el(
      "section",
      { class: "conversation", "aria-label": t("conversation") },
      el(
        "header",
        { class: "head" },
        el("button", { class: "quiet back", type: "button", "aria-label": t("back"), onclick: back }, icon(icons.back)),
        this.head,
        this.detailsButton,
        this.closeButton,
      ),
      el("div", { class: "body" }, el("div", { class: "talk" }, this.log, this.writes, this.alert, this.composer.node), this.aside),
    );
  }

  focus() {
    // On a touch screen the keys would cover what was said.
    const touch = matchMedia("(pointer: coarse)").matches;
    (touch ? this.log : this.composer.field).focus({ preventScroll: true });
  }

  lastAsked() {
    return this.events.findLast((event) => event.from === "shopper" && event.text)?.text.slice(0, ASKED_CHARS) || "";
  }

  /** Reads what is new; safe to call at any time. */
  async refresh() {
    this.again = true;
    if (this.reading) return;
    this.reading = true;
    try {
      while (this.again) {
        this.again = false;
        const detail = await api.conversation(this.id, this.cursor);
        this.take(detail);
        if (detail.cursor > this.cursor) this.again = true;
      }
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
    this.notes = detail.notes;
    const stored = new Set([...this.events, ...this.notes].map((said) => said.id));
    this.pending = this.pending.filter((message) => !stored.has(message.id));
    if (first) this.aside.replaceChildren(...context(detail), this.keeping());
    if (news.some((event) => event.from === "shopper")) this.showWriting(false);
    for (const event of first ? [] : news.filter((event) => event.from === "shopper")) {
      this.tell(t("newMessage", { who: t("shopper"), text: event.text }));
    }
    if (first) this.drawSorting();
    this.owner.value = this.row.assigned || "";
    if (this.topic) this.topic.value = this.row.topic || "";
    this.drawHead();
    this.drawLog(first);
    this.markSeen();
  }

  markSeen() {
    if (!this.row?.unread || document.visibilityState !== "visible") return;
    // Failing is no harm: it is said again with the next message.
    api.seen(this.id, this.cursor).catch(() => {});
  }

  drawHead() {
    const { page, page_type: type, closed, lang } = this.row;
    const title = el("div", { class: "head-text" }, el("h1", {}, page || t("shopper")), type && el("p", {}, named("page", type)));
    this.head.replaceChildren(avatar(this.id, lang), title);
    const label = closed ? t("reopen") : t("close");
    this.closeButton.replaceChildren(icon(closed ? icons.reopen : icons.close), el("span", { class: "label" }, label));
    this.closeButton.setAttribute("aria-label", label);
  }

  drawLog(toEnd) {
    const follows = toEnd || this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END_PX;
    this.log.replaceChildren(...messages({ ...this, retry: (message) => this.deliver(message) }));
    if (follows) this.log.scrollTop = this.log.scrollHeight;
  }

  send(said, isNote) {
    const message = { id: newId(), said, isNote };
    this.pending.push(message);
    this.deliver(message);
  }

  /** Sends one message after the other, so that they arrive as they were written. */
  deliver(message) {
    message.why = null;
    this.drawLog(true);
    const send = message.isNote ? api.note : api.reply;
    this.line = (this.line || Promise.resolve()).then(async () => {
      try {
        await send(this.id, message.id, message.said);
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

  /** The choices of who looks after the conversation, and what it is about. */
  drawSorting() {
    const { agents, topics } = this.desk;
    const save = (setter, field) => () =>
      setter(this.id, field().value || null).catch((failure) => this.fail(t("failed", { why: failure.message })));
    this.owner = choice(agents, this.row.assigned, t("nobody"), save(api.assign, () => this.owner));
    const labels = [el("label", { class: "owner" }, t("assigned"), this.owner)];
    if (topics.length || this.row.topic) {
      this.topic = choice(topics, this.row.topic, t("noTopic"), save(api.setTopic, () => this.topic));
      labels.push(el("label", { class: "owner" }, t("topic"), this.topic));
    }
    this.aside.querySelector("h2").after(...labels);
  }

  /** Buttons that hand what was said to the browser as a file. */
  keeping() {
    const button = (label, name, text) =>
      el("button", { class: "quiet", type: "button", onclick: () => saveText(name, text()) }, label);
    return el(
      "div",
      { class: "keeping" },
      button(t("download"), "conversation.txt", () => transcript(this.events)),
      el("button", { class: "quiet", type: "button", onclick: () => this.draft() }, t("draft")),
    );
  }

  draft() {
    const { events, tell, desk, row } = this;
    draftArticle({ events, tell, lang: row.lang, keeps: desk.drafts });
  }

  /** Shows that the shopper is writing, or hides it. */
  showWriting(on) {
    clearTimeout(this.writingTimer);
    this.writes.hidden = !on;
    if (on) this.writingTimer = setTimeout(() => this.showWriting(false), TYPING_MS);
  }

  toggleDetails() {
    const open = this.node.classList.toggle("shows-context");
    this.detailsButton.setAttribute("aria-expanded", String(open));
  }

  /** Shows what was said again, where the details stood in its place; false when they did not. */
  hideDetails() {
    const hides = this.node.classList.contains("shows-context") && this.detailsButton.checkVisibility();
    if (hides) {
      this.toggleDetails();
      this.detailsButton.focus();
    }
    return hides;
  }

  fail(text) {
    this.alert.textContent = text;
    this.alert.hidden = false;
  }
}

/** A field to choose one of those there are, or none; what is no longer there may still be chosen. */
function choice(all, now, none, onchange) {
  const known = new Set(["", ...all, now || ""]);
  return el("select", { onchange }, ...[...known].map((value) => el("option", { value }, value || none)));
}
