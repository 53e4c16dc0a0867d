// The list of conversations.

import { avatar, el, icon, icons } from "./dom.js";
import { since, t } from "./texts.js";

/** From how many minutes of waiting on a row stands out. */
const LONG_WAIT_MS = 5 * 60 * 1000;

/** Keeps the rows of one list, in order, and shows them. */
export class List {
  constructor() {
    this.rows = new Map();
    this.chosen = null;
    this.node = el("ul", { class: "rows", onkeydown: (event) => this.move(event), onfocusin: (event) => this.stop(event.target) });
    this.empty = el("div", { class: "empty", hidden: true });
    this.wanted = () => true;
    this.links = new Map();
  }

  /** Puts the focus on a row, else on the first; false when there is none. */
  focus(id) {
    const link = this.links.get(id) || this.links.values().next().value;
    link?.focus();
    return Boolean(link);
  }

  /** One row is a stop of the Tab key, the arrow keys reach the others: the answer is never hundreds of stops away. */
  stop(at) {
    for (const link of this.links.values()) link.tabIndex = link === at ? 0 : -1;
  }

  /** Shows these rows and no others. */
  fill(rows, closed) {
    this.closed = closed;
    this.rows = new Map(rows.map((row) => [row.id, row]));
    this.draw();
  }

  /** Takes in a row that changed. */
  put(row) {
    if (row.closed === this.closed && row.cursor > 0) this.rows.set(row.id, row);
    else this.rows.delete(row.id);
    this.draw();
  }

  remove(id) {
    this.rows.delete(id);
    this.draw();
  }

  /** Shows only rows that are wanted. */
  filter(wanted) {
    this.wanted = wanted;
    this.draw();
  }

  choose(id) {
    this.chosen = id;
    this.draw();
  }

  get unread() {
    return [...this.rows.values()].reduce((sum, row) => sum + row.unread, 0);
  }

  draw() {
    const rows = [...this.rows.values()].filter((row) => this.wanted(row)).sort(
      (a, b) => (a.waiting_ms ?? Infinity) - (b.waiting_ms ?? Infinity) || b.changed_ms - a.changed_ms,
    );
    const before = [...this.links.keys()];
    const focused = document.activeElement?.closest?.("a.row")?.dataset.id;
    this.links = new Map(rows.map((row) => [row.id, this.link(row)]));
    const links = [...this.links.values()];
    this.node.replaceChildren(...links.map((link) => el("li", {}, link)));
    this.stop(this.links.get(this.chosen) || links[0]);
    if (focused) {
      // A row that went away leaves the focus to the one that took its place.
      const next = this.links.get(focused) || links[Math.min(before.indexOf(focused), links.length - 1)];
      next?.focus({ preventScroll: true });
    }
    this.empty.hidden = rows.length > 0;
    this.node.hidden = rows.length === 0;
    const [title, hint] = this.closed ? ["noClosed", "noClosedHint"] : ["noOpen", "noOpenHint"];
    this.empty.replaceChildren(icon(icons.inbox), el("h2", {}, t(title)), el("p", {}, t(hint)));
  }

  link(row) {
    const waits = row.waiting_ms !== null;
    const long = waits && Date.now() - row.waiting_ms > LONG_WAIT_MS;
    // What was written runs its own way, whichever way the page runs.
    const last = row.last_text ? el("bdi", {}, row.last_text) : row.last_from && [icon(icons.clip), t("file")];
    const who = row.last_from === "agent" && t("youSaid");
    const waited = Date.now() - row.waiting_ms < 10000 ? t("waitsNow") : t("waits", { time: since(row.waiting_ms) });
    const wait = waits && el("span", { class: long ? "wait long" : "wait" }, waited);
    return el(
      "a",
      {
        class: row.unread ? "row is-unread" : "row",
        href: `#${row.id}`,
        "data-id": row.id,
        "aria-current": row.id === this.chosen ? "true" : null,
      },
      avatar(row.id, row.lang),
      el(
        "span",
        { class: "row-text" },
        el(
          "span",
          { class: "row-top" },
          el("span", { class: "row-title" }, el("bdi", {}, row.page || t("shopper"))),
          el("span", { class: "row-time" }, since(row.changed_ms)),
        ),
        el("span", { class: "row-last" }, ...[who, last].flat()),
        (row.assigned || row.topic || row.stars) &&
          el(
            "span",
            { class: "row-owner" },
            row.topic && el("span", { class: "tag" }, row.topic),
            row.assigned && t("with", { who: row.assigned }),
            row.stars && el("span", { class: "tag", title: t("rated", { n: row.stars }) }, "★".repeat(row.stars)),
          ),
        (waits || row.unread > 0) &&
          el(
            "span",
            { class: "row-marks" },
            wait || el("span"),
            row.unread > 0 && count(row.unread),
          ),
      ),
    );
  }

  /** Arrow keys, Home and End move through the list. */
  move(event) {
    const links = [...this.links.values()];
    const at = links.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    links[Math.min(Math.max(to, 0), links.length - 1)].focus();
  }
}

function count(n) {
  const spoken = el("span", { class: "unseen" }, t("unread", { n }));
  return el("span", { class: "count" }, spoken, el("span", { "aria-hidden": "true" }, String(n)));
}
