/* One frame for each state, in the language, theme and size chosen. */
const form = document.querySelector("form");
const wish = new URLSearchParams(location.search);
for (const name in STATES) form.elements.state.append(new Option(name));
for (const [name, value] of wish) if (form.elements[name]) form.elements[name].value = value;

const show = () => {
  const { lang, theme, width, height, state } = Object.fromEntries(new FormData(form));
  const frames = Object.keys(STATES).filter((name) => !state || name === state).map((name) => {
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.textContent = name;
    const frame = Object.assign(document.createElement("iframe"), { width, height, loading: "lazy", title: name });
    frame.src = "state/?" + new URLSearchParams({ lang, theme, state: name });
    figure.append(caption, frame);
    return figure;
  });
  document.querySelector("main").replaceChildren(...frames);
};
form.addEventListener("change", () => {
  history.replaceState(null, "", "?" + new URLSearchParams(new FormData(form)));
  show();
});
show();
