// An answer becomes an article: what was asked and answered, to be looked over and kept as a draft.

import * as api from "./api.js";
import { el, saveText } from "./dom.js";
import { t } from "./texts.js";

/** Longest title to start with, in characters. */
const TITLE_CHARS = 120;

/** Asks for title and text, starting from what was said; `tell` hears where the draft lies. */
export function draftArticle({ events, lang, keeps, tell }) {
  const said = (who) => events.filter((event) => event.kind === "message" && event.from === who).map(({ text }) => text.trim());
  const [question = ""] = said("shopper");
  const title = el("input", { required: true, maxlength: "200", "aria-label": t("articleTitle") });
  title.value = question.replace(/\s+/g, " ").slice(0, TITLE_CHARS);
  const text = el("textarea", { required: true, rows: "12", "aria-label": t("articleText") });
  text.value = said("agent").map(escaped).join("\n\n");
  const alert = el("p", { class: "alert", role: "alert", hidden: true });
  const end = () => dialog.close();
  const save = async (event) => {
    event.preventDefault();
    try {
      if (keeps) {
        const { file } = await api.draft({ title: title.value, text: text.value, lang });
        tell(t("draftSaved", { file }));
      } else {
        saveText("article.md", markdown(title.value, text.value, lang));
      }
      end();
    } catch (failure) {
      alert.textContent = t("failed", { why: failure.detail || failure.message });
      alert.hidden = false;
    }
  };
  const dialog = el(
    "dialog",
    { class: "draft", "aria-label": t("draft"), onclose: () => dialog.remove() },
    el(
      "form",
      { onsubmit: save },
      el("h2", {}, t("draft")),
      el("p", { class: "faint" }, t("draftHint")),
      el("label", {}, t("articleTitle"), title),
      el("label", {}, t("articleText"), text),
      alert,
      el(
        "div",
        { class: "draft-foot" },
        el("button", { class: "quiet", type: "button", onclick: end }, t("cancel")),
        el("button", { class: "primary", type: "submit" }, t("saveDraft")),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  title.focus();
}

/** Words as Markdown that says just these words; lists and paragraphs stay what they are. */
function escaped(text) {
  return text.replace(/[\\`*[\]<]/g, "\\$&");
}

/** The file for those whose inbox keeps no drafts. */
function markdown(title, text, lang) {
  // A JSON string is a YAML string as well, whatever the shopper wrote.
  return `---\ntitle: ${JSON.stringify(title)}\nlang: ${lang || "en"}\n---\n${text}\n`;
}
