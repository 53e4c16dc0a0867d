//! The catalogue, as the flows ask for it.

use serde_json::{Value, json};

use super::Asked;
use super::seed::Line;

fn products(catalogue: &Value) -> &[Value] {
    catalogue["products"].as_array().map_or(&[], Vec::as_slice)
}

fn name<'a>(product: &'a Value, lang: &str) -> &'a str {
    product["name"][lang].as_str().or(product["name"]["en"].as_str()).unwrap_or_default()
}

/// What lies in an order, by name.
pub fn lines(catalogue: &Value, lines: &[Line], lang: &str) -> Value {
    let line = |line: &Line| {
        let product = products(catalogue).iter().find(|product| product["slug"] == line.slug)?;
        Some(json!({"id": line.slug, "name": name(product, lang), "qty": line.qty.to_string()}))
    };
    lines.iter().filter_map(line).collect()
}

/// Slugs that are rather for long days outdoors; the rest is rather for town.
const TRAIL: [&str; 7] = ["fell", "skein", "tarn", "cairn", "ghyll", "scree", "ridge"];

/// Up to four products in stock that fit all answers, best rated first.
pub fn advice(catalogue: &Value, asked: &Asked<'_>) -> Value {
    let budget = asked.get("budget").parse::<u64>().unwrap_or(u64::MAX / 100).saturating_mul(100);
    let fits = |product: &&Value| {
        let slug = product["slug"].as_str().unwrap_or_default();
        let trail = TRAIL.iter().any(|start| slug.starts_with(start));
        let in_stock =
            product["sizes"].as_array().is_some_and(|sizes| sizes.iter().any(|size| size["stock"].as_u64() > Some(0)));
        product["category"] == asked.get("kind")
            && in_stock
            && product["price"].as_u64().is_some_and(|price| price <= budget)
            && match asked.get("use") {
                "trail" => trail,
                "town" => !trail,
                _ => true,
            }
    };
    let mut found: Vec<&Value> = products(catalogue).iter().filter(fits).collect();
    found.sort_by(|a, b| b["rating"].as_f64().total_cmp(&a["rating"].as_f64()));
    let base = if asked.lang == "en" { String::new() } else { format!("/{}", asked.lang) };
    let shown = |product: &&Value| {
        let price = product["price"].as_u64().unwrap_or_default() / 100;
        let slug = product["slug"].as_str().unwrap_or_default();
        json!({"name": name(product, asked.lang), "price": format!("€{price}"), "url": format!("{base}/product/{slug}/")})
    };
    if found.is_empty() {
        return json!({"result": "none"});
    }
    json!({"result": "found", "products": found.iter().take(4).map(shown).collect::<Vec<_>>()})
}

trait Total {
    fn total_cmp(&self, other: &Self) -> std::cmp::Ordering;
}

impl Total for Option<f64> {
    fn total_cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.unwrap_or_default().total_cmp(&other.unwrap_or_default())
    }
}

/// The product that is meant, with the sizes that are sold out.
pub fn product(catalogue: &Value, asked: &Asked<'_>) -> Value {
    let wanted = asked.get("what").to_lowercase();
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let means = |product: &&Value| {
        let name = name(product, asked.lang).to_lowercase();
        name == wanted || !words.is_empty() && words.iter().all(|word| name.contains(word))
    };
    let Some(product) = products(catalogue).iter().find(means) else { return json!({"result": "unknown"}) };
    let sizes = product["sizes"].as_array().map_or(&[][..], Vec::as_slice);
    let out: Vec<Value> =
        sizes.iter().filter(|size| size["stock"] == 0).map(|size| json!({"name": size["id"]})).collect();
    let result = if out.is_empty() { "refused-in-stock" } else { "found" };
    json!({"result": result, "name": name(product, asked.lang), "sizes": out})
}
