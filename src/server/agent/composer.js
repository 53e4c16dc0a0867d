// Where an agent writes: an answer, a note, or a canned answer to start from.

import * as api from "./api.js";
import { el, icon, icons } from "./dom.js";
import { Picker } from "./picker.js";
import { t } from "./texts.js";

/** How often "is writing" is said again while it is so. */
const TYPING_EVERY_MS = 4000;

/** Drafts by conversation; they outlive leaving a conversation, not the page. */
const drafts = new Map();

export class Composer {
  /** `send` takes text and whether it is a note; `asked` gives what to search answers for. */
  constructor(id, { send, asked }) {
    Object.assign(this, { id, deliver: send, asked });
    this.isNote = false;
    this.field = el("textarea", {
      rows: "1",
      title: t("writeHint"),
      onkeydown: (event) => this.key(event),
      oninput: () => this.wrote(),
    });
    this.field.value = drafts.get(id) || "";
    const tool = (name, hint, path, onclick) =>
      el("button", { class: "quiet tool", type: "button", title: hint, "aria-label": name, onclick }, icon(path));
    this.noteButton = tool(t("note"), t("writeNote"), icons.note, () => this.setNote(!this.isNote));
    this.node = el(
      "form",
      {
        class: "composer",
        onsubmit: (event) => {
          event.preventDefault();
          this.send();
        },
      },
      tool(t("findAnswer"), t("insertHint"), icons.book, () => this.pick()),
      this.noteButton,
      this.field,
      el("button", { class: "send", type: "submit", "aria-label": t("send") }, icon(icons.send)),
    );
    this.setNote(false);
  }

  setNote(isNote) {
    this.isNote = isNote;
    const label = isNote ? t("writeNote") : t("write");
    this.field.setAttribute("aria-label", label);
    this.field.placeholder = isNote ? t("note") : t("answer");
    this.noteButton.setAttribute("aria-pressed", String(isNote));
    this.node.classList.toggle("is-note", isNote);
    if (this.node.isConnected) this.field.focus();
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    }
    if (event.key === "/" && !this.field.value && !this.isNote) {
      event.preventDefault();
      this.pick();
    }
  }

  wrote() {
    drafts.set(this.id, this.field.value);
    const now = Date.now();
    if (!this.isNote && now - (this.saidTyping || 0) > TYPING_EVERY_MS) {
      this.saidTyping = now;
      // Failing is no harm: nobody waits for it.
      api.typing(this.id, true).catch(() => {});
    }
  }

  send() {
    const text = this.field.value.trim();
    if (!text) return;
    this.field.value = "";
    this.saidTyping = 0;
    drafts.delete(this.id);
    this.deliver(text, this.isNote);
    this.setNote(false);
  }

  /** Opens the canned answers, or closes them. */
  pick() {
    if (this.picker?.node.isConnected) return this.picker.end();
    const insert = (text) => {
      const before = this.field.value.trimEnd();
      this.field.value = before ? `${before}\n\n${text}` : text;
      this.wrote();
    };
    this.picker = new Picker({ ...this.asked(), insert, leave: () => this.field.focus() });
    this.node.before(this.picker.node);
    this.picker.focus();
  }
}
