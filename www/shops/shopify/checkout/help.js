/* The frame grows with the panel, to what the checkout allows, and shrinks to the launcher again. */
document.addEventListener("click", (event) => event.target.matches("help-nook") && resizeTo(415, 700));
document.addEventListener("help:opened", () => resizeTo(415, 700));
document.addEventListener("help:closed", () => resizeTo(88, 72));
