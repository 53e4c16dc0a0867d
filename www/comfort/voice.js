/* Search by speaking, where the browser has a way to turn speech into words: most send it to their maker,
 * so the shopper is asked first, once a visit. */

const MIC = "M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v3.5";
const KEY = "helpnook.voice";

export const start = ({ env, face, say, el, icon, button, find }) => {
  const { guard } = env;
  const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
  if (!Recognition) return;
  let hearing;
  const end = () => {
    const was = hearing;
    hearing = undefined;
    if (was) guard(() => was.abort());
    const press = find(".mic");
    if (press) press.ariaPressed = "false";
  };
  /** A line under the field, in place of the one before. */
  const tell = (...children) => {
    find(".spoken")?.remove();
    if (!children.length) return;
    const note = el("div", "notice spoken", ...children);
    note.role = "status";
    find(".finder").append(note);
  };
  const put = (words) => {
    const field = find("#hn-search");
    if (!field) return;
    field.value = words;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const listen = () => {
    tell(el("p", "", say("hearing")));
    hearing = new Recognition();
    const own = hearing;
    const wish = face.config.lang;
    // The shopper's own region is heard better, where the language is the same.
    const lang = (navigator.languages || []).find((one) => one.split("-")[0] === wish.split("-")[0]) || wish;
    Object.assign(own, { lang, interimResults: true, maxAlternatives: 1 });
    own.onresult = ({ results }) => guard(() => {
      if (own !== hearing) return;
      put([...results].map((one) => one[0].transcript).join("").trim().replace(/[.。؟?]$/, ""));
      tell();
      if (results[results.length - 1].isFinal) end();
    });
    own.onerror = ({ error }) => guard(() => {
      if (own !== hearing) return;
      tell(el("p", "", say(/not-allowed|service|capture/.test(error) ? "refused" : "unheard")));
      end();
    });
    own.onend = () => guard(() => own === hearing && end());
    find(".mic").ariaPressed = "true";
    own.start();
  };
  const ask = () => {
    const yes = button("first", "", () => {
      guard(() => sessionStorage.setItem(KEY, "1"));
      find(".mic").focus();
      begin();
    }, say("speak"));
    const no = button("text", "", () => {
      tell();
      find(".mic").focus();
    }, say("not-now"));
    tell(el("p", "", say("consent")), yes, no);
    yes.focus();
  };
  const begin = () => {
    try {
      listen();
    } catch {
      tell(el("p", "", say("refused")));
      end();
    }
  };
  return {
    look() {
      const clear = find(".search .clear");
      if (hearing && !clear) end();
      if (!clear || find(".mic")) return;
      const press = button("clear mic", say("voice"), () => {
        if (hearing) return end(), tell();
        if (guard(() => sessionStorage.getItem(KEY))) begin();
        else ask();
      }, icon(MIC));
      press.ariaPressed = "false";
      clear.before(press);
    },
    closed: () => (end(), tell()),
    style: `.mic{border-radius:50%}
.mic:hover{color:var(--ink)}
.mic[aria-pressed=true]{color:var(--bad);animation:breathe 1.6s ease-in-out infinite}
.hn .spoken{flex-wrap:wrap;margin-block-start:10px}
.spoken p{flex:1 1 100%}
.hn .spoken:has(button){gap:4px 10px}
.finder:has(.spoken){background:linear-gradient(var(--tint) calc(100% - 14px),var(--paper) 0)}`,
  };
};
