//! Pages with one thing wrong, and what must be so on each of them.

use serde_json::{Value, json};

use super::browser::{Browser, Look};
use super::shop::{Setup, Shop};
use super::target;

/// Where a shopper of these pages can write to.
pub const CONTACT: &str = r#"data-contact="mailto:help@shop.example""#;

/// The tag's own attributes when nothing is wrong with them.
pub const GOOD: &str = r#"src="/help/helpnook.js" data-index="/help/demo/{lang}.hnx""#;

/// What the shop itself has in its page.
const BODY: &str = r#"<h1 class="launcher">Plain tea shop</h1><p id="words">Black, green, <b>white</b>.</p><form class="panel"><input name="q"><button type="button">Buy</button></form>"#;

/// What the shopper sees after a press on the launcher.
#[derive(Clone, Copy, Debug)]
pub enum Gets {
    /// Everything.
    Panel,
    /// Articles by topic and ways to the shop, without search.
    Topics,
    /// A way to the shop.
    Contact,
    /// The same, in place of the launcher.
    Link,
}

impl Gets {
    /// True in the page once it is there.
    pub fn seen(self) -> &'static str {
        match self {
            Gets::Panel => "$('.panel #hn-search')?.offsetWidth > 100 && $$('.panel .tile').length > 2",
            Gets::Topics => "$$('.fallback section button').filter((one) => one.offsetWidth > 100).length > 20",
            Gets::Contact => {
                "$('a[href^=\"mailto:help@\"]')?.offsetWidth > 40 && !$('.fallback section button:not(.way)')"
            }
            Gets::Link => "document.querySelector('help-nook a[href^=\"mailto:help@\"]')?.offsetWidth > 20",
        }
    }
}

/// A page with something wrong.
pub struct Case {
    /// What is wrong; its words are the page's address.
    pub wrong: &'static str,
    /// The page.
    pub html: String,
    /// Run before any script of the page.
    pub before: String,
    /// A header of the page.
    pub header: Option<(&'static str, &'static str)>,
    /// Parts of the one line on the console; without any there is no line.
    pub says: Vec<String>,
    /// What the shopper still gets.
    pub gets: Gets,
}

/// A page on which all is well so far.
pub fn wrong(wrong: &'static str) -> Case {
    Case { wrong, html: String::new(), before: String::new(), header: None, says: Vec::new(), gets: Gets::Panel }
        .tag(GOOD)
}

impl Case {
    /// Other attributes for the tag.
    pub fn tag(self, attributes: &str) -> Self {
        self.tags(&format!("<script async {attributes} {CONTACT}></script>"))
    }

    /// Other tags in the head.
    pub fn tags(mut self, tags: &str) -> Self {
        self.html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Tea</title>\
             <link rel=\"icon\" href=\"data:,\">{tags}</head><body>{BODY}</body></html>"
        );
        self
    }

    /// A change to the page.
    pub fn html(mut self, change: impl Fn(&str) -> String) -> Self {
        self.html = change(&self.html);
        self
    }

    /// A script before any of the page's.
    pub fn before(mut self, script: &str) -> Self {
        self.before = script.to_owned();
        self
    }

    /// A header of the page.
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.header = Some((name, value));
        self
    }

    /// What the one line says.
    pub fn says(mut self, parts: &[&str]) -> Self {
        self.says = parts.iter().map(|part| (*part).to_owned()).collect();
        self
    }

    /// What the shopper gets.
    pub fn gets(mut self, gets: Gets) -> Self {
        self.gets = gets;
        self
    }

    /// Where the page is.
    pub fn path(&self) -> String {
        self.wrong.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
    }
}

/// Opens each page in turn, presses the launcher, and tells all that is not as it must be.
pub async fn check(setup: Setup, cases: Vec<Case>) {
    let mut setup = setup;
    for case in &cases {
        let path = case.path();
        setup = setup.page(&format!("{path}/index.html"), &case.html);
        if let Some((name, value)) = case.header {
            setup = setup.header(&format!("/{path}"), name, value);
        }
    }
    let shop = Shop::with(setup).await;
    let browser = Browser::start(Look::default()).await;
    let mut failures = Vec::new();
    for case in &cases {
        browser.before(&case.before).await;
        browser.goto(&format!("{}/{}/", shop.url, case.path())).await;
        failures.extend(press(&browser, case).await);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Presses the launcher of the page that is open.
pub async fn press(browser: &Browser, case: &Case) -> Vec<String> {
    let mut failures = Vec::new();
    let mut fail = |what: String| failures.push(format!("{}: {what}", case.wrong));
    if !matches!(case.gets, Gets::Link) {
        if soon(browser, "$('button.launcher')?.offsetWidth === 56").await {
            browser.click_inside("button.launcher").await;
        } else {
            fail("there is no launcher".to_owned());
        }
    }
    if !soon(browser, case.gets.seen()).await {
        let shown = browser.js("return root?.innerHTML ?? document.querySelector('help-nook')?.outerHTML").await;
        fail(format!("no {:?} but {shown}", case.gets));
    }
    after(browser, case).await.into_iter().for_each(fail);
    failures
}

/// What must be so on every page, whatever the shopper did.
pub async fn after(browser: &Browser, case: &Case) -> Vec<String> {
    let mut failures = Vec::new();
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let errors = browser.js("return window.__seen.errors").await;
    // A page that makes arrays into JSON of its own makes these so as well.
    if errors != json!([]) && errors != json!("[]") {
        failures.push(format!("uncaught: {errors}"));
    }
    let hosts = browser
        .js("return { body: [...document.body.children].filter((one) => !one.matches('help-nook, style, script')).map((one) => one.outerHTML).join(''), \
             html: document.documentElement.getAttributeNames().join(), nooks: document.querySelectorAll('help-nook').length, \
             position: getComputedStyle(document.querySelector('help-nook')).position }")
        .await;
    let untouched = json!({"body": BODY, "html": "lang", "nooks": 1, "position": "fixed"});
    if hosts != untouched {
        failures.push(format!("the page is {hosts}"));
    }
    let lines: Vec<String> = browser.console().await.into_iter().filter(|line| line.contains("[helpnook]")).collect();
    let named = lines.iter().all(|line| case.says.iter().all(|part| line.contains(part.as_str())));
    if lines.len() != usize::from(!case.says.is_empty()) || !named {
        failures.push(format!("the console says {lines:#?} and not {:?}", case.says));
    }
    failures
}

/// Whether it is so within ten seconds; a case goes on either way.
async fn soon(browser: &Browser, expression: &str) -> bool {
    for _ in 0..200 {
        if browser.js(&format!("return !!({expression})")).await == Value::Bool(true) {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    false
}

/// The English index of the demo under that folder, with its topics, after a change to its bytes.
pub fn index(setup: Setup, folder: &str, change: impl Fn(&mut Vec<u8>)) -> Setup {
    let demo = target().join("site/demo");
    let mut bytes = std::fs::read(demo.join("en.hnx")).unwrap();
    change(&mut bytes);
    let topics = std::fs::read(demo.join("en.topics.json")).unwrap();
    setup.file(&format!("{folder}/en.hnx"), bytes).file(&format!("{folder}/en.topics.json"), topics)
}

/// A release in which one bit of one file fell over.
pub fn flipped(setup: Setup, folder: &str, name: &str) -> Setup {
    let (stem, kind) = name.split_once('.').unwrap();
    let site = target().join("site");
    let found = std::fs::read_dir(&site).unwrap().map(|entry| entry.unwrap().path()).find(|path| {
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        file.starts_with(&format!("{stem}-")) && file.ends_with(&format!(".{kind}"))
    });
    let mut bytes = std::fs::read(found.unwrap_or_else(|| panic!("no {name}"))).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    release(setup, folder, name, Some(&bytes))
}

/// A release in which one file is not as it was built; `None` leaves it out.
pub fn release(mut setup: Setup, folder: &str, name: &str, instead: Option<&[u8]>) -> Setup {
    let site = target().join("site");
    let inventory = std::fs::read_to_string(site.join("inventory.json")).unwrap();
    let (stem, kind) = name.split_once('.').unwrap();
    for row in serde_json::from_str::<Vec<Value>>(&inventory).unwrap() {
        let file = row["file"].as_str().unwrap();
        // What lies in a folder of its own is content, not release.
        if file.contains('/') {
            continue;
        }
        let is_it = file.starts_with(&format!("{stem}-")) && file.ends_with(&format!(".{kind}"));
        let bytes = if is_it { instead.map(<[u8]>::to_vec) } else { Some(std::fs::read(site.join(file)).unwrap()) };
        if let Some(bytes) = bytes {
            setup = setup.file(&format!("{folder}/{file}"), bytes);
        }
    }
    setup
}
