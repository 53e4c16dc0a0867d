// What the shopper passed on: page, basket, searches, articles read, signals.

import { el, webAddress } from "./dom.js";
import { clock, languageName, named, t } from "./texts.js";

/** The sections that have something to say. */
export function context({ packet, row }) {
  const { page, basket, searches, read, signals, lang, person = {}, flow = [], transcript = [] } = packet;
  const href = webAddress(page.url);
  const link = href
    ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, own(page.title || page.url))
    : own(page.title || page.url);
  const known = [
    section(t("name"), own(person.name)),
    section(t("email"), person.email && el("a", { href: `mailto:${person.email}` }, person.email)),
    section(t("page"), link && [link, href && el("span", { class: "faint" }, el("bdi", { dir: "ltr" }, shortened(page.url)))]),
    section(t("pageType"), page.page_type && named("page", page.page_type)),
    section(t("product"), own(page.product)),
    section(t("basket"), own(basket)),
    listing(t("searches"), searches.map((text) => [own(text)])),
    listing(t("read"), read.map(article)),
    listing(t("signals"), signals.map((name) => [named("signal", name)])),
    listing(t("flow"), flow.map(({ question, answer }) => [el("bdi", { class: "faint" }, question), " ", own(answer)])),
    listing(t("earlier"), transcript.map(({ from, text }) => [el("span", { class: "faint" }, `${t(from === "shopper" ? "shopper" : "bot")}: `), own(text)])),
  ].filter(Boolean);
  return [
    el("h2", {}, t("about")),
    ...(known.length ? known : [el("p", { class: "faint" }, t("nothingKnown"))]),
    section(t("language"), lang && languageName(lang)),
    section(t("since"), clock(row.opened_ms)),
    section(t("rating"), row.stars && t("rated", { n: row.stars })),
  ].filter(Boolean);
}

/** What shopper or shop wrote, which runs its own way whichever way the page runs; nothing for nothing. */
function own(text) {
  return text && el("bdi", {}, text);
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
  return [own(title || id), " ", vote];
}

function shortened(address) {
  return address.replace(/^https?:\/\//, "");
}
