// Canned answers: the shop's articles, found by the shoppers' own search, put into the answer.

import * as api from "./api.js";
import { el, icon, icons } from "./dom.js";
import { t } from "./texts.js";

/** Pause after the last key before the search runs. */
const TYPING_PAUSE_MS = 150;

export class Picker {
  /** `insert` takes the text chosen; `leave` takes the focus back. */
  constructor({ lang, query, insert, leave }) {
    Object.assign(this, { lang, insert, leave });
    this.found = [];
    this.at = 0;
    this.field = el("input", {
      type: "text",
      autocomplete: "off",
      role: "combobox",
      "aria-label": t("findAnswer"),
      "aria-expanded": "true",
      "aria-controls": "answers",
      "aria-autocomplete": "list",
      placeholder: t("findAnswer"),
      oninput: () => this.typed(),
      onkeydown: (event) => this.key(event),
    });
    this.field.value = query;
    this.options = el("ul", { id: "answers", role: "listbox", "aria-label": t("answers") });
    this.status = el("p", { class: "faint", role: "status" });
    const close = el("button", { class: "quiet", type: "button", "aria-label": t("cancel"), onclick: () => this.end() }, icon(icons.cross));
    this.node = el("div", { class: "picker" }, el("div", { class: "picker-head" }, this.field, close), this.options, this.status);
    this.search();
  }

  focus() {
    this.field.focus();
    this.field.setSelectionRange(0, this.field.value.length, "backward");
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), TYPING_PAUSE_MS);
  }

  async search() {
    const query = this.field.value;
    try {
      const found = await api.articles(this.lang, query);
      // A slow answer to what was typed before must not replace a newer one.
      if (query !== this.field.value) return;
      this.found = found;
      this.at = 0;
      this.status.textContent = found.length ? "" : t("noAnswer");
    } catch (failure) {
      this.status.textContent = t("failed", { why: failure.message });
    }
    this.draw();
  }

  draw() {
    this.options.replaceChildren(
      ...this.found.map((article, at) =>
        el(
          "li",
          {
            id: `answer-${at}`,
            role: "option",
            "aria-selected": String(at === this.at),
            class: article.internal ? "internal" : "",
            onclick: () => this.choose(at),
          },
          el("strong", {}, article.title, article.internal ? el("em", {}, t("internal")) : ""),
          el("span", {}, article.text),
        ),
      ),
    );
    if (this.found.length) this.field.setAttribute("aria-activedescendant", `answer-${this.at}`);
    else this.field.removeAttribute("aria-activedescendant");
    this.options.children[this.at]?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      const n = this.found.length;
      if (n) this.at = (this.at + step + n) % n;
      this.draw();
    } else if (event.key === "Enter" && this.found.length) {
      this.choose(this.at);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.end();
    } else {
      return;
    }
    event.preventDefault();
  }

  choose(at) {
    const article = this.found[at];
    // What is for agents only is read here; it must not slip into an answer.
    if (article.internal) return void this.options.children[at].classList.toggle("open");
    this.end();
    this.insert(article.text);
  }

  end() {
    clearTimeout(this.timer);
    this.node.remove();
    this.leave();
  }
}
