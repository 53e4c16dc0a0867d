/* Where the panel covers a phone's screen: the shop's page behind it stays where it is, the phone's own way
 * back takes one layer away, and a swipe down puts the panel away. */

/** From this far on, in CSS pixels, a swipe means it. */
const FAR = 110;
const MARK = "helpnook";

export const start = ({ env, face, find }) => {
  const { guard } = env;
  const wide = matchMedia("(min-width: 480px)");
  let locked, watcher, entry, from, moved;
  const covers = () => env.open && !wide.matches && !!find(".panel");

  /** By a style sheet of the page's own document: no attribute of the shop's is touched. */
  const lock = (on) => {
    if (on === !!locked) return;
    const own = locked || new CSSStyleSheet();
    if (on) own.replaceSync("html,body{overflow:hidden!important;overscroll-behavior:none!important}");
    document.adoptedStyleSheets = on ? [...document.adoptedStyleSheets, own] : document.adoptedStyleSheets.filter((one) => one !== own);
    locked = on && own;
  };

  /** One layer less; false when that was the last. */
  const back = () => {
    const press = find("#hn-back:not([hidden])");
    if (press) press.click();
    else face.close();
    return !!press;
  };
  /** The browser's own notion of a thing that can be closed leaves the history alone; else an entry stands for the panel. */
  const guardBack = () => {
    if (window.CloseWatcher) {
      if (watcher) return;
      const own = (watcher = new CloseWatcher());
      own.onclose = () => guard(() => {
        if (own !== watcher) return;
        watcher = undefined;
        if (back()) guardBack();
      });
    } else if (!entry) {
      entry = true;
      history.pushState({ ...history.state, [MARK]: 1 }, "");
    }
  };
  const release = () => {
    const own = watcher;
    watcher = undefined;
    if (own) own.destroy();
    // Only where the entry still is the one shown: a shop's page that went on meanwhile is not undone.
    if (entry && history.state && history.state[MARK]) history.back();
    entry = false;
  };
  const popped = () => guard(() => {
    if (!entry || (history.state && history.state[MARK])) return;
    entry = false;
    if (back()) guardBack();
  });
  addEventListener("popstate", popped);

  const settle = () => {
    const on = covers();
    lock(on);
    if (on) guardBack();
    else release();
  };
  const turned = () => guard(settle);
  wide.addEventListener("change", turned);
  // On some phones the page slides away under the keyboard: the panel goes with what is seen of it.
  const viewport = window.visualViewport;
  const slid = () => guard(() => env.root.style.setProperty("--hn-top", (covers() ? viewport.offsetTop : 0) + "px"));
  if (viewport) for (const name of ["scroll", "resize"]) viewport.addEventListener(name, slid);

  // The swipe begins on the bar, where nothing scrolls.
  const pull = (px) => {
    const panel = find(".panel");
    if (panel) panel.style.setProperty("--hn-pull", px + "px");
  };
  const down = (event) => {
    from = covers() && event.isPrimary && event.target.closest(".bar, .hero") && !event.target.closest("button") ? event.clientY : undefined;
    moved = 0;
  };
  const move = (event) => {
    if (from === undefined || !event.isPrimary) return;
    moved = Math.max(0, event.clientY - from);
    pull(moved);
  };
  const up = () => {
    if (from === undefined) return;
    from = undefined;
    pull(0);
    if (moved > FAR) face.close();
  };
  const hears = [["pointerdown", down], ["pointermove", move], ["pointerup", up], ["pointercancel", up]].map(([name, run]) => [name, (event) => guard(() => run(event))]);
  for (const [name, run] of hears) env.root.addEventListener(name, run);

  env.undo.push(() => {
    removeEventListener("popstate", popped);
    wide.removeEventListener("change", turned);
    if (viewport) for (const name of ["scroll", "resize"]) viewport.removeEventListener(name, slid);
    for (const [name, run] of hears) env.root.removeEventListener(name, run);
    lock(false);
    release();
  });
  return {
    look() {},
    opened: settle,
    closed: settle,
    style: `@media(max-width:479px){.panel{translate:0 calc(var(--hn-top,0px) + var(--hn-pull,0px))}
.bar,.hero{touch-action:none}
.bar::before{position:absolute;inset-block-start:calc(env(safe-area-inset-top) + 6px);inset-inline-start:calc(50% - 18px);inline-size:36px;block-size:4px;border-radius:2px;background:var(--edge);opacity:.5;content:""}}`,
  };
};
