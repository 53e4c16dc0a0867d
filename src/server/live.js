/* Only with `helpnook serve --watch`: loads this page again when the help was built anew, and shows what
 * keeps it from being built. What files say becomes text, never markup. */
let turn;
let note;
new EventSource("/__live").onmessage = async ({ data }) => {
  const built = JSON.parse(data);
  turn ??= built.turn;
  if (note) note.remove();
  note = undefined;
  if (built.errors.length) {
    note = document.createElement("pre");
    note.id = "helpnook-errors";
    note.setAttribute("role", "alert");
    note.textContent = built.errors.join("\n");
    Object.assign(note.style, { position: "fixed", inset: "auto 0 0 0", zIndex: 2147483647, margin: 0, maxHeight: "50vh", overflow: "auto", padding: "16px 20px", background: "#5c1512", color: "#fff", font: "14px/1.5 ui-monospace, monospace", whiteSpace: "pre-wrap" });
    return document.body.append(note);
  }
  if (built.turn === turn) return;
  // The widget keeps an index for when the network is gone; the new one is wanted now.
  if (window.caches) await caches.delete("helpnook-v1").catch(() => {});
  location.reload();
};
