/* The frame grows with the panel, to what the checkout allows, and shrinks to the launcher again. */
new MutationObserver(([{ target }]) => (target.hasAttribute("open") ? resizeTo(415, 700) : resizeTo(88, 72))).observe(document, { subtree: true, attributeFilter: ["open"] });
