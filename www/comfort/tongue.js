/* An article that is not there in the language shown, but is in another: said openly, and one press away. */

export const start = ({ env, face, say, el, button, find }) => {
  const { guard, config } = env;
  let looked;
  const named = (code) => guard(() => new Intl.DisplayNames([face.config.lang], { type: "language" }).of(code)) || code;
  const seek = async (id, place) => {
    const own = face.config.lang.split("-")[0];
    const codes = (config.languages || "en").toLowerCase().split(/[\s,]+/).filter((one) => one && one.split("-")[0] !== own);
    for (const code of codes) {
      const answer = await fetch(face.topicsOf(code)).catch(() => {});
      const help = answer && answer.ok && (await answer.json());
      const found = help && help.collections.flatMap((one) => one.articles).find((one) => one.id === id);
      if (!found || !place.isConnected) continue;
      const title = el("p", "strong", found.title);
      title.lang = code;
      const press = button("first", "", async () => {
        await window.Helpnook("locale", code);
        await window.Helpnook("article", id);
      }, say("read-it", named(code)));
      const note = el("div", "notice elsewhere", el("p", "", say("elsewhere", named(code))), title, press);
      note.role = "status";
      place.append(note);
      return;
    }
  };
  return {
    look() {
      const place = find(".panel[data-screen=article] .empty");
      if (!place || place === looked || !face.asked) return;
      looked = place;
      seek(face.asked, place).catch(() => {});
    },
    style: ".hn .elsewhere{flex-direction:column;inline-size:100%;padding:16px;text-align:center}",
  };
};
