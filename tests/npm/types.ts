// What those who write TypeScript may and may not write; the compiler is the test.
import helpnookDefault, { helpnook, start, type Advice, type Helpnook as Commands, type Settings } from "helpnook";

const same: Commands = helpnookDefault;
const settings: Settings = { index: "/help/{lang}.hnx", maxSuggestions: 4, customerSince: 2019, theme: "dark" };
const stop: () => void = start(settings);

await helpnook("open");
await helpnook("open", "chat");
await helpnook("search", "refund");
await helpnook("article", "return-item");
const advice: Advice | undefined = await helpnook("suggest");
advice?.suggestions.map(({ id, score }) => `${id} ${score.toFixed(2)}`);
await helpnook("context", { "order-number": "TT-1", total: 12.5, gift: true });
await helpnook("identify", { orders: 3 });
await helpnook("locale", "fr");
await helpnook("locale");
await helpnook("theme", "dark");
await helpnook("consent", "granted");
const unsubscribe: () => void = await helpnook("on", "article-voted", ({ id, helped }) => {
  const words: string = helped ? id : id.toUpperCase();
  console.log(words);
});
unsubscribe();
await helpnook("off", "searched");
await helpnook("forget");
await helpnook("survey");
await helpnook("close");
await helpnook("destroy");
window.Helpnook?.("open");
document.querySelector("help-nook")?.addEventListener("help:searched", (event) => event.detail.hits.toFixed());
stop();

// @ts-expect-error there is no such command
helpnook("opne");
// @ts-expect-error a search needs words
helpnook("search");
// @ts-expect-error there is no such theme
helpnook("theme", "sepia");
// @ts-expect-error there is no such event
helpnook("on", "exploded", () => {});
// @ts-expect-error what is heard has no such field
helpnook("on", "searched", ({ pages }) => pages);
// @ts-expect-error there is no such setting
start({ indx: "/help/{lang}.hnx" });
export { same };
