// Building the page: nodes one by one and text as text, so nothing a shopper wrote can become more.

/** An element with properties, attributes, listeners (`onclick`) and children. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A drawing of one path, 24 units wide. */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const icons = {
  back: "M15 5l-7 7 7 7",
  send: "M4 12l16-8-6 16-3-6z",
  book: "M5 4h10a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h10",
  note: "M5 4h14v10l-6 6H5zM13 20v-6h6",
  cross: "M6 6l12 12M18 6L6 18",
  info: "M12 8h.01M11 12h1v5h1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  inbox: "M4 13h4l2 3h4l2-3h4M5 5h14l2 8v6H3v-6z",
  close: "M5 12l5 5 9-10",
  clip: "M8 12l6-6a3.5 3.5 0 0 1 5 5l-8 8a5.5 5.5 0 0 1-8-8l7-7",
  taps: "M5 5h14v9H9l-4 4zM9 9h6",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  star: "M12 4l2.5 5.2 5.5.8-4 4 1 5.7-5-2.8-5 2.8 1-5.7-4-4 5.5-.8z",
  reopen: "M4 12a8 8 0 1 0 3-6.2M4 4v4h4",
};

/** The round mark of a shopper: its colour follows from the id, its letters are the language. */
export function avatar(id, code) {
  const mark = el("span", { class: "avatar", "aria-hidden": "true" }, (code || "··").slice(0, 2).toUpperCase());
  mark.style.setProperty("--hue", String(parseInt(id.slice(-6), 16) % 360));
  return mark;
}

/** An address to follow, or nothing when it is no web address. */
export function webAddress(text) {
  try {
    const url = new URL(text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** 32 random hex digits: the id of a message, made before it is sent. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** Hands a text to the browser as a file to keep. */
export function saveText(name, text) {
  const href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  el("a", { href, download: name }).click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
