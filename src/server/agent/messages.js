// What was said in a conversation, as nodes.

import { el } from "./dom.js";
import { attachments } from "./files.js";
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
  if (event.kind === "rated") {
    const words = `${t("rated", { n: event.stars })}${event.comment ? `: ${event.comment}` : ""}`;
    return el("p", { class: "mark", dir: "auto" }, `${words} · ${clock(event.at_ms)}`);
  }
  if (event.kind === "told") return answers(event);
  if (event.kind === "note") return bubble("note", t("noteBy", { who: event.name }), event);
  if (event.kind !== "message") return null;
  const names = { shopper: t("shopper"), bot: t("bot"), system: t("automatic") };
  const who = event.name || names[event.from];
  const goesOn = before?.kind === "message" && before.from === event.from && event.at_ms - before.at_ms < GROUP_MS;
  const state = event.isLastOfMine && (row.shopper_seen >= event.cursor ? t("seen") : t("sent"));
  return bubble(`from-${event.from}${goesOn ? " goes-on" : ""}`, who, event, state);
}

/** What the shopper answered, searched and read in the help meanwhile: context, not words to the agent. */
function answers({ flow, at_ms: at }) {
  const row = ({ question, answer }) => el("li", { dir: "auto" }, el("span", { class: "faint" }, question), " ", answer);
  return el(
    "div",
    { class: "message told" },
    el("p", { class: "meta" }, el("span", { class: "who" }, t("meanwhile")), ` ${clock(at)}`),
    el("ul", {}, ...flow.map(row)),
  );
}

function bubble(kind, who, { at_ms: at, text, attachments: files, choices }, state) {
  return el(
    "div",
    { class: `message ${kind}` },
    el("p", { class: "meta" }, el("span", { class: "who" }, who), ` ${clock(at)}`),
    text && el("p", { class: "text", dir: "auto" }, text),
    ...attachments(files),
    choices?.length && el("ul", { class: "offered", "aria-label": t("choices") }, ...choices.map((choice) => el("li", {}, choice))),
    state && el("p", { class: "state" }, state),
  );
}

function waiting(message, retry) {
  const kind = message.isNote ? "note" : "from-agent";
  const again = () => el("button", { class: "link", type: "button", onclick: () => retry(message) }, t("retry"));
  return el(
    "div",
    { class: `message ${kind} ${message.why ? "failed" : "pending"}` },
    el("p", { class: "text", dir: "auto" }, message.said.text),
    message.why
      ? el("p", { class: "state", role: "alert" }, t("notSent", { why: message.why }), " ", again())
      : el("p", { class: "state" }, t("sending")),
  );
}

/** The same as plain text, to keep. */
export function transcript(events) {
  const names = { shopper: t("shopper"), bot: t("bot"), system: t("automatic") };
  const said = events.filter((event) => event.kind === "message");
  const line = ({ at_ms: at, name, from, text, attachments: files = [] }) =>
    `[${clock(at)}] ${name || names[from]}: ${[text, ...files.map((file) => `[${file.name}]`)].join(" ")}\n`;
  return said.map(line).join("\n");
}
