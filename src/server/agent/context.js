// What the shopper passed on: page, basket, searches, articles read, signals.

import { el, webAddress } from "./dom.js";
import { clock, languageName, named, t } from "./texts.js";

/** The sections that have something to say. */
export function context({ packet, row }) {
  const { page, basket, searches, read, signals, lang, person = {}, flow = [], transcript = [] } = packet;
  const href = webAddress(page.url);
  const link = href
    ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, page.title || page.url)
    : page.title || page.url;
  const known = [
    section(t("name"), person.name),
    section(t("email"), person.email && el("a", { href: `mailto:${person.email}` }, person.email)),
    section(t("page"), link && [link, href && el("span", { class: "faint" }, shortened(page.url))]),
    section(t("pageType"), page.page_type && named("page", page.page_type)),
    section(t("product"), page.product),
    section(t("basket"), basket),
    listing(t("searches"), searches.map((text) => [text])),
    listing(t("read"), read.map(article)),
    listing(t("signals"), signals.map((name) => [named("signal", name)])),
    listing(t("flow"), flow.map(({ question, answer }) => [el("span", { class: "faint" }, question), " ", answer])),
    listing(t("earlier"), transcript.map(({ from, text }) => [from === "shopper" ? "→ " : "← ", text])),
  ].filter(Boolean);
  return [
    el("h2", {}, t("about")),
    ...(known.length ? known : [el("p", { class: "faint" }, t("nothingKnown"))]),
    section(t("language"), lang && languageName(lang)),
    section(t("since"), clock(row.opened_ms)),
    section(t("rating"), row.stars && t("rated", { n: row.stars })),
  ].filter(Boolean);
}

function section(title, content) {
  return content ? el("section", {}, el("h3", {}, title), el("p", {}, content)) : null;
}

function listing(title, rows) {
  return rows.length ? el("section", {}, el("h3", {}, title), el("ul", {}, ...rows.map((row) => el("li", {}, row)))) : null;
}

function article({ id, title, helped }) {
  const vote = helped === undefined || helped === null
    ? null
    : el("span", { class: helped ? "vote good" : "vote bad" }, helped ? t("helped") : t("didNotHelp"));
  return [title || id, " ", vote];
}

function shortened(address) {
  return address.replace(/^https?:\/\//, "");
}
