//! A shop that nobody here wrote: django-oscar, in five languages, from product to thank-you. Run by
//! `cargo xtask oscar`, which installs and starts it and says where it is in `HELPNOOK_OSCAR`.

use helpnook::context::{Facts, Snapshot, Words};
use serde_json::{Value, json};

use crate::support::browser::{Browser, Look};
use crate::support::record;

/// Controls of the shop over which something of ours lies.
const COVERED: &str = "[...document.querySelectorAll('button,a[href],input,select,textarea')].filter((one) => { const b = one.getBoundingClientRect(); \
    return b.width && b.bottom > 0 && b.top < innerHeight && document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2) === document.querySelector('help-nook') }).map((one) => one.id || one.textContent.trim())";

struct Walk {
    browser: Browser,
    shop: String,
    lang: &'static str,
    rows: Vec<String>,
    wrong: Vec<String>,
    n_pages: usize,
    n_typed: usize,
    n_suggested: usize,
}

impl Walk {
    async fn goto(&self, path: &str) {
        self.browser.goto(&format!("{}/{}{path}", self.shop, self.lang)).await;
    }

    /// What the page is told to be, what is suggested there, and whether we behave.
    async fn look(&mut self, name: &str, page_type: &str, signal: &str, first_three: &[&str]) {
        self.browser.until("the launcher is there", "$('button.launcher')?.offsetWidth === 56").await;
        if !signal.is_empty() {
            self.browser
                .until(
                    &format!("{}: {signal} is heard", self.lang),
                    &format!("(window.__signals ?? []).includes('{signal}')"),
                )
                .await;
        }
        let script = "const done = arguments[0]; import('/static/help/facts.js').then((facts) => done(facts.snapshot({ config: {}, attrs: {}, read: [], dashed: (name) => name }, new Map(), [], 0, [])))";
        let lines = self.browser.driver.execute_async(script, Vec::new()).await.unwrap();
        let lines = lines.json().as_str().unwrap_or_default().to_owned();
        let snapshot = Snapshot::parse(&lines);
        let words = Words::all();
        let facts = Facts::read(&snapshot, &words);
        let script = "const done = arguments[0]; Helpnook('suggest').then((one) => done(one.suggestions.map((s) => s.id)), (e) => done(['' + e]))";
        let ids = self.browser.driver.execute_async(script, Vec::new()).await.unwrap();
        let ids: Vec<String> =
            ids.json().as_array().unwrap().iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
        self.n_pages += 1;
        let typed = facts.page.name() == page_type;
        let suggested = first_three.is_empty() && !ids.is_empty()
            || ids.iter().take(3).any(|id| first_three.contains(&id.as_str()));
        self.n_typed += usize::from(typed);
        self.n_suggested += usize::from(suggested);
        let of = |name: &str| facts.get(name).to_owned();
        self.rows.push(format!(
            "{:<6} {name:<18} {:<20} {:>3} % {:<10} {:<34} lines {} total {} order {}",
            self.lang,
            facts.page.name(),
            facts.confidence,
            facts.source.name(),
            ids.join(" "),
            of("basket-lines"),
            of("basket-total"),
            of("order"),
        ));
        if !typed || !suggested {
            self.wrong.push(format!(
                "{} {name}: told {} for {page_type}, suggests {ids:?}",
                self.lang,
                facts.page.name()
            ));
        }
        let covered = self.browser.js(&format!("return {COVERED}")).await;
        if covered != json!([]) {
            self.wrong.push(format!("{} {name}: covers {covered}", self.lang));
        }
        let kept = self.browser.js("return Object.keys(localStorage).concat(Object.keys(sessionStorage)).filter((key) => /help/i.test(key))").await;
        if kept != json!([]) {
            self.wrong.push(format!("{} {name}: keeps {kept} before anybody wanted help", self.lang));
        }
        let broken = self.browser.js("return window.__seen.errors").await;
        if broken != json!([]) {
            self.wrong.push(format!("{} {name}: breaks {broken}", self.lang));
        }
        self.browser.shot(&format!("oscar-{}-{name}", self.lang)).await;
    }

    /// Fills the fields of a form by their names and sends it.
    async fn send(&self, form: &str, fields: &[(&str, &str)]) {
        let script = format!(
            "const form = document.querySelector({}); form.noValidate = true; \
             for (const [name, value] of {}) {{ const field = form.elements[name]; if (field.type === 'radio' || field.length) [...(field.length && !field.options ? field : [field])].forEach((one) => {{ if (one.value === value) one.checked = true; }}); if (!field.length || field.options) field.value = value; }} \
             setTimeout(() => (form.querySelector('[type=submit]') ? form.requestSubmit(form.querySelector('[type=submit]')) : form.submit()), 0)",
            json!(form),
            json!(fields)
        );
        self.browser.js("window.__old = true").await;
        self.browser.js(&script).await;
        self.browser.until("the next page is there", "!window.__old && document.readyState === 'complete'").await;
    }

    async fn walk(&mut self) {
        self.goto("/catalogue/").await;
        self.look("catalogue", "category", "", &[]).await;
        self.goto("/search/?q=pan").await;
        self.look("search", "search", "", &[]).await;
        self.goto("/catalogue/stoneware-mug_1/").await;
        self.look(
            "product",
            "product",
            "",
            &["size-guide", "out-of-stock", "delivery-time", "warranty", "shipping-cost", "return-item"],
        )
        .await;
        self.send("#add_to_basket_form", &[("quantity", "2")]).await;
        self.goto("/basket/").await;
        self.look("basket", "cart", "", &["shipping-cost", "promo-code", "delivery-options"]).await;
        self.send("#voucher_form", &[("code", "SUMMER")]).await;
        self.look("voucher refused", "cart", "coupon-rejected", &["promo-code"]).await;
        self.goto("/accounts/login/").await;
        self.look("login", "account-login", "", &["reset-password", "create-account", "registration-problems"]).await;
        self.send("#login_form", &[("login-username", "nobody@shop.example"), ("login-password", "wrong")]).await;
        self.look("login refused", "account-login", "login-failed", &["reset-password"]).await;
        self.goto("/checkout/").await;
        self.look("gateway", "checkout", "", &[]).await;
        self.send(
            "form[action*=checkout], main form, .page_inner form",
            &[("username", "guest@shop.example"), ("options", "anonymous")],
        )
        .await;
        self.look("address", "checkout-address", "", &[]).await;
        let address = [
            ("first_name", "Ana"),
            ("last_name", "Pop"),
            ("line1", "High Street 1"),
            ("line4", "Porto"),
            ("postcode", "4000-001"),
            ("country", "PT"),
        ];
        self.send("#new_shipping_address", &[("first_name", "Ana")]).await;
        self.look(
            "address refused",
            "checkout-address",
            "validation-error",
            &["add-address", "change-shipping-address"],
        )
        .await;
        self.send("#new_shipping_address", &address).await;
        self.look("payment", "checkout-payment", "", &[]).await;
        self.goto("/checkout/preview/").await;
        self.look("preview", "checkout-review", "", &[]).await;
        self.send("#place_order_form", &[]).await;
        self.look(
            "thank-you",
            "order-confirmation",
            "",
            &["track-order", "cancel-order", "change-order", "find-invoice", "change-shipping-address"],
        )
        .await;
    }
}

#[tokio::test]
#[ignore = "needs a running django-oscar: `cargo xtask oscar` installs it, starts it and runs this"]
async fn the_whole_way_through_django_oscar() {
    let shop =
        std::env::var("HELPNOOK_OSCAR").expect("HELPNOOK_OSCAR is the shop's address; `cargo xtask oscar` sets it");
    let ear =
        "window.__signals = []; document.addEventListener('help:signal', (event) => __signals.push(event.detail.name))";
    let (mut rows, mut wrong) = (Vec::new(), Vec::new());
    let (mut n_pages, mut n_typed, mut n_suggested) = (0, 0, 0);
    for lang in ["en", "fr", "de", "pt-br", "ro"] {
        let browser = Browser::start(Look { before: ear.to_owned(), ..Look::default() }).await;
        let mut walk = Walk {
            browser,
            shop: shop.clone(),
            lang,
            rows: Vec::new(),
            wrong: Vec::new(),
            n_pages: 0,
            n_typed: 0,
            n_suggested: 0,
        };
        walk.walk().await;
        rows.append(&mut walk.rows);
        wrong.append(&mut walk.wrong);
        n_pages += walk.n_pages;
        n_typed += walk.n_typed;
        n_suggested += walk.n_suggested;
    }
    println!("{}", rows.join("\n"));
    let figures: [(&str, Value); 3] =
        [("n_pages", json!(n_pages)), ("types_right", json!(n_typed)), ("suggestions_right", json!(n_suggested))];
    record("oscar", &figures);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
