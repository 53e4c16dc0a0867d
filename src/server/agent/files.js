// Files that go with an answer: chosen, dropped or pasted, sent while the agent goes on writing.

import * as api from "./api.js";
import { el, icon, icons, newId } from "./dom.js";
import { t } from "./texts.js";

/** What the inbox takes; it looks for itself as well. */
const TAKEN = "image/jpeg,image/png,image/webp,application/pdf";

/** The files of one answer. */
export class Files {
  /** `fail` takes what went wrong, in words. */
  constructor(id, { fail }) {
    Object.assign(this, { id, fail });
    this.chips = [];
    this.node = el("ul", { class: "chips", hidden: true });
    this.input = el("input", { type: "file", accept: TAKEN, multiple: true, hidden: true, onchange: () => this.chosen() });
  }

  /** Ids of those that arrived. */
  get ready() {
    return this.chips.filter((chip) => chip.done).map((chip) => chip.id);
  }

  get isBusy() {
    return this.chips.some((chip) => !chip.done);
  }

  ask() {
    this.input.click();
  }

  chosen() {
    this.add(this.input.files);
    this.input.value = "";
  }

  add(files) {
    for (const file of files) this.send(file);
  }

  async send(file) {
    const chip = { id: newId(), done: false };
    const bar = el("progress", { max: "1", value: "0", "aria-label": file.name });
    const remove = el(
      "button",
      { class: "quiet", type: "button", "aria-label": t("remove", { name: file.name }), onclick: () => this.drop(chip) },
      icon(icons.cross),
    );
    chip.node = el("li", { class: "chip" }, el("span", { class: "chip-name" }, file.name), bar, remove);
    this.chips.push(chip);
    this.draw();
    try {
      await api.upload(this.id, chip.id, file, (part) => (bar.value = part));
      chip.done = true;
      bar.remove();
    } catch (failure) {
      this.drop(chip);
      this.fail(t("notSent", { why: `${file.name}: ${failure.message}` }));
    }
  }

  drop(chip) {
    this.chips = this.chips.filter((other) => other !== chip);
    this.draw();
  }

  clear() {
    this.chips = [];
    this.draw();
  }

  draw() {
    this.node.hidden = this.chips.length === 0;
    this.node.replaceChildren(...this.chips.map((chip) => chip.node));
  }
}

/** Files of a message, as the reader sees them. */
export function attachments(list = []) {
  return list.map(({ id, name, kind, bytes, width, height }) => {
    const href = `/v1/files/${id}`;
    if (kind.startsWith("image/")) {
      const picture = el("img", { src: href, alt: name, width, height, loading: "lazy" });
      return el("a", { class: "picture", href, target: "_blank", rel: "noopener noreferrer" }, picture);
    }
    const size = el("span", { class: "faint" }, ` ${Math.max(1, Math.round(bytes / 1024))} kB`);
    return el("a", { class: "file", href, download: name }, icon(icons.file), el("span", {}, name, size));
  });
}
