// Where an agent writes: an answer, a note, or a canned answer to start from.

import * as api from "./api.js";
import { el, icon, icons } from "./dom.js";
import { Files } from "./files.js";
import { Picker } from "./picker.js";
import { t } from "./texts.js";

/** How often "is writing" is said again while it is so. */
const TYPING_EVERY_MS = 4000;

/** Drafts by conversation; they outlive leaving a conversation and a reload, not the tab. */
const drafts = {
  get(id) {
    try {
      return sessionStorage.getItem(`draft ${id}`) || "";
    } catch {
      return "";
    }
  },
  set(id, text) {
    try {
      if (text) sessionStorage.setItem(`draft ${id}`, text);
      else sessionStorage.removeItem(`draft ${id}`);
    } catch {
      // Without storage the field alone has it.
    }
  },
};

/** Whoever signs in next on this machine must not find them. */
export function forgetDrafts() {
  try {
    sessionStorage.clear();
  } catch {
    // Then there are none.
  }
}

export class Composer {
  /** `send` takes what is said and whether it is a note; `asked` gives what to search answers for. */
  constructor(id, { send, asked, fail }) {
    Object.assign(this, { id, deliver: send, asked });
    this.files = new Files(id, { fail });
    this.choices = el("input", {
      type: "text",
      class: "choices",
      hidden: true,
      maxlength: "400",
      autocomplete: "off",
      "aria-label": t("choicesHint"),
      placeholder: t("choicesHint"),
    });
    this.isNote = false;
    this.field = el("textarea", {
      rows: "1",
      title: t("writeHint"),
      onkeydown: (event) => this.key(event),
      oninput: () => this.wrote(),
      onpaste: (event) => this.took(event, event.clipboardData),
    });
    this.field.value = drafts.get(id);
    const tool = (name, hint, path, onclick) =>
      el("button", { class: "quiet tool", type: "button", title: hint, "aria-label": name, onclick }, icon(path));
    this.noteButton = tool(t("note"), t("writeNote"), icons.note, () => this.setNote(!this.isNote));
    this.choiceButton = tool(t("choices"), t("choicesHint"), icons.taps, () => this.toggleChoices());
    this.choiceButton.setAttribute("aria-expanded", "false");
    this.node = el(
      "form",
      {
        class: "composer",
        onsubmit: (event) => {
          event.preventDefault();
          this.send();
        },
        ondragover: (event) => event.preventDefault(),
        ondrop: (event) => this.took(event, event.dataTransfer),
      },
      this.files.node,
      this.choices,
      this.field,
      el("button", { class: "send", type: "submit", "aria-label": t("send") }, icon(icons.send)),
      el(
        "div",
        { class: "tools" },
        tool(t("findAnswer"), t("insertHint"), icons.book, () => this.pick()),
        tool(t("attach"), t("attach"), icons.clip, () => this.files.ask()),
        this.choiceButton,
        this.noteButton,
        this.files.input,
      ),
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

  /** Files that were dropped or pasted. */
  took(event, from) {
    if (!from?.files?.length) return;
    event.preventDefault();
    this.files.add(from.files);
  }

  toggleChoices() {
    this.choices.hidden = !this.choices.hidden;
    this.choiceButton.setAttribute("aria-expanded", String(!this.choices.hidden));
    (this.choices.hidden ? this.field : this.choices).focus();
  }

  send() {
    const text = this.field.value.trim();
    const attachments = this.isNote ? [] : this.files.ready;
    const split = this.choices.value.split(/[,،]/).map((choice) => choice.trim());
    const choices = this.isNote ? [] : split.filter(Boolean);
    // A file that is still on its way must not be left behind.
    if ((!text && !attachments.length) || (!this.isNote && this.files.isBusy)) return;
    this.field.value = "";
    if (!this.isNote) {
      this.files.clear();
      this.choices.value = "";
      if (!this.choices.hidden) this.toggleChoices();
    }
    this.saidTyping = 0;
    drafts.set(this.id, "");
    this.deliver({ text, attachments, choices }, this.isNote);
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
