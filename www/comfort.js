/* Fetched once the panel stands open, and done without where it cannot be had: what makes reading, speaking
 * and a phone's screen comfortable. It adds to what the panel shows, and changes nothing that the panel made. */

import * as reading from "./comfort/reading.js";
import * as voice from "./comfort/voice.js";
import * as tongue from "./comfort/tongue.js";
import * as phone from "./comfort/phone.js";

/* Words of each language, put here by the build. */
const TEXTS = /*TEXTS*/{}/*END*/;

const SVG = "http://www.w3.org/2000/svg";

/** `face` is what the panel knows the page by. */
export function start(env, face) {
  const { guard } = env;
  /** A text in the language shown; what is marked in it is filled in. */
  const say = (name, value) => ((TEXTS[face.config.lang.split("-")[0]] || TEXTS.en)[name] || "").replace("{}", () => value);
  const el = (name, className, ...children) => {
    const out = Object.assign(document.createElement(name), { className: className || "" });
    out.append(...children);
    return out;
  };
  /** Our own drawings, as those of `src/icons.rs`. */
  const icon = (path) => {
    const [box, drawing, line] = [el("span", "icon"), document.createElementNS(SVG, "svg"), document.createElementNS(SVG, "path")];
    drawing.setAttribute("viewBox", "0 0 24 24");
    line.setAttribute("d", path);
    drawing.append(line);
    box.append(drawing);
    box.ariaHidden = "true";
    return box;
  };
  const button = (className, label, run, ...children) => {
    const out = el("button", className, ...children);
    out.type = "button";
    if (label) out.ariaLabel = label;
    out.onclick = () => guard(run);
    return out;
  };
  const tools = { env, face, say, el, icon, button, find: (selector) => env.root.querySelector(selector) };
  const parts = [reading, tongue, voice, phone].map((part) => guard(() => part.start(tools))).filter(Boolean);
  guard(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(parts.map((part) => part.style).join("\n"));
    env.shadow.adoptedStyleSheets = [...env.shadow.adoptedStyleSheets, sheet];
  });
  const look = () => parts.forEach((part) => guard(part.look));
  const watching = new MutationObserver(look);
  watching.observe(env.root, { subtree: true, childList: true });
  const heard = (name) => () => parts.forEach((part) => guard(() => part[name] && part[name]()));
  const [opened, closed] = [heard("opened"), heard("closed")];
  env.host.addEventListener("help:opened", opened);
  env.host.addEventListener("help:closed", closed);
  env.undo.push(() => {
    watching.disconnect();
    env.host.removeEventListener("help:opened", opened);
    env.host.removeEventListener("help:closed", closed);
    closed();
  });
  look();
  if (env.open) opened();
}
