// Where we send, what it costs and how long it takes.
import { day, lang, locale, t } from "./core.js";

// Country: pattern of its postcodes, an example, and its zone:
// near (express offered), eu, or far (outside the EU customs union).
const COUNTRIES = {
  AT: ["\\d{4}", "1010", "eu"], BE: ["\\d{4}", "1000", "near"], BG: ["\\d{4}", "1000", "eu"], CH: ["\\d{4}", "8001", "far"],
  CY: ["\\d{4}", "1010", "eu"], CZ: ["\\d{3} ?\\d{2}", "110 00", "eu"], DE: ["\\d{5}", "10115", "near"], DK: ["\\d{4}", "1050", "eu"],
  EE: ["\\d{5}", "10111", "eu"], ES: ["\\d{5}", "28001", "eu"], FI: ["\\d{5}", "00100", "eu"], FR: ["\\d{5}", "75001", "near"],
  GB: ["[A-Za-z]{1,2}\\d[A-Za-z\\d]? ?\\d[A-Za-z]{2}", "LA22 9BU", "far"], GR: ["\\d{3} ?\\d{2}", "104 31", "eu"], HR: ["\\d{5}", "10000", "eu"],
  HU: ["\\d{4}", "1051", "eu"], IE: ["[A-Za-z]\\d[\\dWw] ?[A-Za-z\\d]{4}", "D02 AF30", "eu"], IT: ["\\d{5}", "00184", "eu"],
  LT: ["(LT-)?\\d{5}", "01100", "eu"], LU: ["(L-)?\\d{4}", "1111", "near"], LV: ["(LV-)?\\d{4}", "LV-1010", "eu"],
  MT: ["[A-Za-z]{3} ?\\d{4}", "VLT 1117", "eu"], NL: ["\\d{4} ?[A-Za-z]{2}", "3511 AB", "near"], NO: ["\\d{4}", "0150", "far"],
  PL: ["\\d{2}-\\d{3}", "00-001", "eu"], PT: ["\\d{4}-\\d{3}", "1100-148", "eu"], RO: ["\\d{6}", "010011", "eu"],
  SE: ["\\d{3} ?\\d{2}", "111 29", "eu"], SI: ["\\d{4}", "1000", "eu"], SK: ["\\d{3} ?\\d{2}", "811 01", "eu"],
};

const names = new Intl.DisplayNames([locale], { type: "region" });
export const homeCountry = { fr: "FR", de: "DE", pt: "PT", ro: "RO" }[lang] ?? "NL";
export const countryName = (code) => names.of(code);
export const countries = () => Object.keys(COUNTRIES)
  .map((code) => [code, countryName(code)])
  .sort((a, b) => a[1].localeCompare(b[1], locale));
export const postcode = (code) => ({ pattern: COUNTRIES[code][0], example: COUNTRIES[code][1] });
export const duties = (code) => t.duties[code] ?? "";

/** Ways to send goods of this value (cents) to a country: price in cents, working days from and to. */
export function options(code, goods) {
  const zone = COUNTRIES[code][2];
  if (zone === "far") return [{ id: "standard", price: goods >= 15000 ? 0 : 1290, from: 5, to: 8 }];
  const [from, to] = zone === "near" ? [2, 4] : [3, 6];
  const free = goods >= 6000;
  return [
    { id: "standard", price: free ? 0 : 490, from, to },
    { id: "pickup", price: free ? 0 : 350, from, to },
    ...(zone === "near" ? [{ id: "express", price: 990, from: 1, to: 1 }] : []),
  ];
}

const working = (date) => date.getDay() % 6 !== 0;
function after(date, days) {
  const end = new Date(date);
  while (days > 0) {
    end.setDate(end.getDate() + 1);
    if (working(end)) days -= 1;
  }
  return end;
}

/** First and last day of arrival; orders before 15:00 on a working day leave the same day. */
export function arrival({ from, to }, now = new Date()) {
  const leaves = working(now) && now.getHours() < 15 ? now : after(now, 1);
  const days = [after(leaves, from), after(leaves, to)].map(day);
  return days[0] === days[1] ? days[0] : `${days[0]} – ${days[1]}`;
}
