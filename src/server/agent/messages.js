// What was said in a conversation, as nodes.

import { el } from "./dom.js";
import { clock, t } from "./texts.js";

/** Messages of one writer closer than this are shown as one group. */
const GROUP_MS = 2 * 60 * 1000;

/** Events and notes in the order they happened, then what is still being sent. */
export function messages({ events, notes, pending, row, retry }) {
  const mine = events.findLast((event) => event.from === "agent");
  const said = merged(events.map((event) => ({ ...event, isLastOfMine: event === mine })), notes);
  const nodes = said.map((event, at) => one(event, said[at - 1], row));
  return [...nodes, ...pending.map((message) => waiting(message, retry))].filter(Boolean);
}

/** Notes among events, which keep their own order whatever a clock said. */
function merged(events, notes) {
  const left = notes.map((note) => ({ ...note, kind: "note" }));
  const out = [];
  for (const event of events) {
    while (left.length && left[0].at_ms < event.at_ms) out.push(left.shift());
    out.push(event);
  }
  return [...out, ...left];
}

function one(event, before, row) {
  if (event.kind === "closed" || event.kind === "reopened") {
    const text = event.kind === "closed" ? t("wasClosed") : t("wasReopened");
    return el("p", { class: "mark" }, `${text} · ${clock(event.at_ms)}`);
  }
  if (event.kind === "note") return bubble("note", t("noteBy", { who: event.name }), event);
  if (event.kind !== "message") return null;
  const names = { shopper: t("shopper"), bot: t("bot"), system: t("automatic") };
  const who = event.name || names[event.from];
  const goesOn = before?.kind === "message" && before.from === event.from && event.at_ms - before.at_ms < GROUP_MS;
  const state = event.isLastOfMine && (row.shopper_seen >= event.cursor ? t("seen") : t("sent"));
  return bubble(`from-${event.from}${goesOn ? " goes-on" : ""}`, who, event, state);
}

function bubble(kind, who, { at_ms: at, text }, state) {
  return el(
    "div",
    { class: `message ${kind}` },
    el("p", { class: "meta" }, el("span", { class: "who" }, who), ` ${clock(at)}`),
    el("p", { class: "text", dir: "auto" }, text),
    state && el("p", { class: "state" }, state),
  );
}

function waiting(message, retry) {
  const kind = message.isNote ? "note" : "from-agent";
  const again = () => el("button", { class: "link", type: "button", onclick: () => retry(message) }, t("retry"));
  return el(
    "div",
    { class: `message ${kind} ${message.why ? "failed" : "pending"}` },
    el("p", { class: "text", dir: "auto" }, message.text),
    message.why
      ? el("p", { class: "state", role: "alert" }, t("notSent", { why: message.why }), " ", again())
      : el("p", { class: "state" }, t("sending")),
  );
}

/** The same as plain text, to keep. */
export function transcript(events) {
  const names = { shopper: t("shopper"), bot: t("bot"), system: t("automatic") };
  const said = events.filter((event) => event.kind === "message");
  return said.map((event) => `[${clock(event.at_ms)}] ${event.name || names[event.from]}: ${event.text}\n`).join("\n");
}

/** A draft of an article from what was asked and answered, as Markdown with front matter. */
export function articleDraft(events, lang) {
  const said = (who) => events.filter((event) => event.kind === "message" && event.from === who).map(({ text }) => text.trim());
  const [question = ""] = said("shopper");
  // A JSON string is a YAML string as well, whatever the shopper wrote.
  const title = JSON.stringify(question.replace(/\s+/g, " ").slice(0, 120));
  return `---\ntitle: ${title}\nlang: ${lang || "en"}\n---\n${said("agent").join("\n\n")}\n`;
}
