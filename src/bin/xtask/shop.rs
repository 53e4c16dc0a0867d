//! The demo shop: templates of `index.html` and `www/store/` rendered once per language, as a real
//! shop's server would.

use std::path::Path;

use minijinja::{Environment, Value, context};
use serde_json::Value as Json;

use crate::{Step, tools};

/// Languages of the demo; the first has no prefix in its addresses.
pub const LANGS: [(&str, &str); 5] =
    [("en", "English"), ("fr", "Français"), ("de", "Deutsch"), ("pt", "Português"), ("ro", "Română")];

/// Renders every page in every language into `out` and copies what pages refer to.
pub fn render(out: &Path, tag: &str) -> Step {
    let root = tools::root();
    let store = root.join("www/store");
    if out.exists() {
        std::fs::remove_dir_all(out)?;
    }
    let mut env = Environment::new();
    env.set_trim_blocks(true);
    env.set_lstrip_blocks(true);
    env.add_template_owned("index.html", std::fs::read_to_string(root.join("index.html"))?)?;
    for file in tools::files_below(&store)? {
        let name = file.strip_prefix(&store)?.to_string_lossy().replace('\\', "/");
        if name.ends_with(".html") {
            env.add_template_owned(name, std::fs::read_to_string(&file)?)?;
        } else {
            tools::write(&out.join("store").join(&name), &std::fs::read(&file)?)?;
        }
    }
    let pages: Vec<Json> = json(&store.join("pages.json"))?;
    let catalogue = catalogue()?;
    for (lang, _) in LANGS {
        let strings: Json = json(&store.join("strings").join(format!("{lang}.json")))?;
        for page in &pages {
            for (path, item) in instances(page, &catalogue) {
                let template = page["template"].as_str().unwrap_or("index.html");
                let html = env.get_template(template)?.render(context! {
                    lang,
                    base => plain(base(lang)),
                    path => plain(path.clone()),
                    langs => languages(&path),
                    t => strings,
                    products => catalogue["products"],
                    categories => catalogue["categories"],
                    catalogue,
                    product => item.as_ref().filter(|_| page["each"] == "products"),
                    category => item.as_ref().filter(|_| page["each"] == "categories"),
                    page => page["page"],
                    helpnook_tag => tag,
                });
                let html = html.map_err(|e| format!("{template} in {lang}: {e:#}"))?;
                let file = format!("{}{path}index.html", base(lang)).trim_start_matches('/').to_owned();
                tools::write(&out.join(file), html.as_bytes())?;
            }
        }
    }
    Ok(())
}

/// What the shop sells.
pub fn catalogue() -> Step<Json> {
    json(&tools::root().join("www/store/products.json"))
}

fn base(lang: &str) -> String {
    if lang == LANGS[0].0 { String::new() } else { format!("/{lang}") }
}

/// An address of our own making: escaping its slashes would only make it hard to read.
fn plain(address: String) -> Value {
    Value::from_safe_string(address)
}

fn languages(path: &str) -> Vec<Value> {
    let url = |code: &str| plain(format!("{}{path}", base(code)));
    LANGS.iter().map(|(code, name)| context! { code, name, url => url(code) }).collect()
}

/// The addresses of a page: one, or one for each product or category.
fn instances(page: &Json, catalogue: &Json) -> Vec<(String, Option<Json>)> {
    let path = page["path"].as_str().unwrap_or("/");
    let Some(each) = page["each"].as_str() else { return vec![(path.to_owned(), None)] };
    let items = catalogue[each].as_array().map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .map(|item| {
            let name = |key: &str| item[key].as_str().unwrap_or_default();
            (path.replace("{slug}", name("slug")).replace("{id}", name("id")), Some(item.clone()))
        })
        .collect()
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Step<T> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    serde_json::from_str(&text).map_err(|e| format!("{}: {e}", path.display()).into())
}
