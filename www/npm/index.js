/* Helpnook from a bundle: puts the tag on the page and hands over its commands. The release files stay
 * where they are served from; none of them is bundled. */

let users = 0;
let tag;

/** Calls made before the tag has run wait in the same queue as on a page without bundles. */
function queue() {
  const calls = [];
  return Object.assign((...call) => new Promise((done) => calls.push(Object.assign(call, { done }))), { q: calls });
}

/** Gives a command to the widget: `helpnook("open")`. Where there is no window it waits for ever. */
export function helpnook(...call) {
  if (typeof window === "undefined") return new Promise(() => {});
  return (window.Helpnook ||= queue())(...call);
}

/** Puts the tag on the page, once however many parts of it ask; gives what takes it away again. */
export function start({ src = "/help/helpnook.js", integrity, nonce, ...settings } = {}) {
  if (typeof document === "undefined") return () => {};
  users++;
  if (!tag) {
    tag = document.createElement("script");
    for (const [name, value] of Object.entries(settings)) if (value != null) tag.dataset[name] = String(value);
    if (integrity) Object.assign(tag, { integrity, crossOrigin: "anonymous" });
    if (nonce) tag.nonce = nonce;
    tag.async = true;
    tag.src = src;
    document.head.append(tag);
  }
  let ended = false;
  return () => {
    if (ended) return;
    ended = true;
    users--;
    // A framework that mounts anew, as in development, does so at once.
    setTimeout(() => {
      if (users || !tag) return;
      helpnook("destroy");
      tag.remove();
      tag = undefined;
    });
  };
}

export default helpnook;
