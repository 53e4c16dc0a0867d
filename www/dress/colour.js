/* The shop's fonts and colours as the page shows them, and what has to be so for them to be read. */

/** Contrast that text needs, and what is drawn: WCAG 1.4.3 and 1.4.11, with a little to spare. */
const TEXT = 4.6;
const DRAWN = 3.1;
/** How many elements that can be pressed are looked at, for the shop's main colour. */
const MOST = 60;
const PRESSED = "[type=submit],[class*=primary i],[class*=cta i],[class*=add-to-cart i],button,[class*=btn i],[class*=button i]";

/** `[r, g, b, alpha]`, each of 0 to 255 but the last; nothing for what cannot be read. */
export const read = (css) => {
  const numbers = (text) => text.match(/-?[\d.]+(e-?\d+)?%?/g).map((one) => (one.endsWith("%") ? parseFloat(one) / 100 : +one));
  const hex = /^#(..)(..)(..)$/.exec(css);
  if (hex) return [...hex.slice(1).map((part) => parseInt(part, 16)), 1];
  if (/^rgba?\(/.test(css)) {
    const [r, g, b, a = 1] = numbers(css);
    return [r, g, b, a];
  }
  if (/^color\(srgb /.test(css)) {
    const [r, g, b, a = 1] = numbers(css.slice(11));
    return [r * 255, g * 255, b * 255, a];
  }
  // Any other notation a browser knows, by drawing it.
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (!pen) return;
  pen.fillStyle = css;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
};

/** Relative luminance, and contrast, as WCAG defines them. */
const luminance = (rgb) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, at) => {
  const part = rgb[at] / 255;
  return sum + weight * (part > 0.04045 ? ((part + 0.055) / 1.055) ** 2.4 : part / 12.92);
}, 0);
export const contrast = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
export const mix = (one, other, part) => [0, 1, 2].map((at) => Math.round(one[at] + (other[at] - one[at]) * part));
const BLACK = [0, 0, 0];
const WHITE = [255, 255, 255];
const against = (ground) => (contrast(BLACK, ground) > contrast(WHITE, ground) ? BLACK : WHITE);
/** A colour as near to the wished one as can be read on all of these grounds. */
export const reach = (wish, grounds, ratio) => {
  const end = against(grounds[0]);
  for (let step = 0; step <= 20; step++) {
    const tried = mix(wish, end, step / 20);
    if (grounds.every((ground) => contrast(tried, ground) >= ratio)) return tried;
  }
  return end;
};
const css = (rgb) => "#" + rgb.slice(0, 3).map((part) => Math.round(part).toString(16).padStart(2, "0")).join("");

/** What the page's words stand on. */
const ground = (from) => {
  for (let up = from; up; up = up.parentElement) {
    const found = read(getComputedStyle(up).backgroundColor);
    if (found && found[3] > 0.9) return found;
  }
  return /dark/.test(getComputedStyle(document.documentElement).colorScheme) && matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : WHITE;
};

/** The element that the shop wants pressed most: filled, in sight, of a colour of its own. */
const main = (paper) => {
  let best;
  for (const one of [...document.querySelectorAll(PRESSED)].slice(0, MOST)) {
    const style = getComputedStyle(one);
    const fill = read(style.backgroundColor);
    if (!fill || fill[3] < 0.9 || contrast(fill, paper) < 1.4 || one.offsetHeight < 24) continue;
    const vivid = Math.max(...fill.slice(0, 3)) - Math.min(...fill.slice(0, 3));
    // A vivid one before a black one, a black one before none; the first of its kind.
    const worth = vivid > 40 ? 2 : 1;
    if (!best || worth > best.worth) best = { worth, fill, radius: parseFloat(style.borderTopLeftRadius) || 0, height: one.offsetHeight };
  }
  return best;
};

/** The panel's tokens, out of the page's. */
export const look = (accentSaid) => {
  const words = document.querySelector("main, #main, [role=main]") || document.body;
  const style = getComputedStyle(words);
  const paper = ground(words);
  const dark = luminance(paper) < 0.18;
  const soft = mix(paper, against(paper), 0.035);
  const pressed = main(paper);
  const link = document.querySelector("main a[href], a[href]");
  const said = accentSaid && read(accentSaid);
  const accent = said || (pressed && pressed.fill) || (link && read(getComputedStyle(link).color)) || [29, 107, 87];
  const onAccent = against(accent);
  const tint = mix(paper, accent, dark ? 0.18 : 0.09);
  const mark = mix(paper, accent, dark ? 0.42 : 0.2);
  const grounds = [paper, soft, tint];
  const ink = reach(read(style.color) || against(paper), [...grounds, mark], 7);
  const tokens = {
    paper: css(paper),
    soft: css(soft),
    ink: css(ink),
    quiet: css(reach(mix(ink, paper, 0.35), grounds, TEXT)),
    line: css(mix(paper, ink, 0.13)),
    edge: css(reach(mix(paper, ink, 0.45), grounds, DRAWN)),
    bad: css(reach([165, 42, 31], grounds, TEXT)),
    good: css(reach([27, 122, 71], grounds, TEXT)),
    tint: css(tint),
    mark: css(mark),
  };
  tokens.shade = dark ? "0 0 0 1px rgb(255 255 255/12%),0 8px 20px rgb(0 0 0/40%),0 28px 64px rgb(0 0 0/50%)" : "0 0 0 1px rgb(20 24 28/8%),0 6px 16px -4px rgb(20 24 28/12%),0 24px 56px -12px rgb(20 24 28/26%)";
  // As round as the shop's own buttons: square stays square, a pill is as round as ours get.
  if (pressed) {
    const round = Math.min(1, pressed.radius / Math.max(12, pressed.height / 2));
    [8, 12, 16, 20].forEach((px, at) => (tokens["r" + (at + 1)] = Math.round(px * (0.2 + 0.8 * Math.min(1, round * 2))) + "px"));
  }
  const list = Object.entries(tokens).map(([name, value]) => `--${name}:${value}`).join(";");
  // Nothing but a list of families may stand where one is asked for.
  const font = style.fontFamily.replace(/[;{}<>\\]/g, "");
  return {
    accent: css(accent),
    onAccent: css(onAccent),
    font,
    css: `:host([data-theme=host][data-theme]) .hn.hn{${list};color-scheme:${dark ? "dark" : "light"};font-family:${font}}`,
  };
};
