//! A real browser, driven over WebDriver, looking into our open shadow root.
//!
//! `HELPNOOK_ENGINE` chooses among `chromium` (the default), `firefox` and `webkit`. Only Chromium
//! has a protocol of its own for scripts before the page's, throttling and logs; in the other two a
//! script that the shop puts into its pages does the watching.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{Capabilities, ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel, TypingData};

/// How long a journey waits for something to appear before it fails.
const PATIENCE: Duration = Duration::from_secs(15);

/// Reads in the page what no log tells: layout shifts, long tasks, policy violations, uncaught errors.
const WATCH: &str = r#"
(() => {
  const seen = (window.__seen = { shift: 0, long: [], violations: [], errors: [], lines: [] });
  const watch = (type, each) => {
    try { new PerformanceObserver((l) => l.getEntries().forEach(each)).observe({ type, buffered: true }); } catch {}
  };
  watch("layout-shift", (e) => { if (!e.hadRecentInput) seen.shift += e.value; });
  watch("longtask", (e) => seen.long.push([e.startTime, e.duration]));
  addEventListener("securitypolicyviolation", (e) => seen.violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
  addEventListener("error", (e) => seen.errors.push(String(e.message)));
  addEventListener("unhandledrejection", (e) => seen.errors.push(String(e.reason)));
})();
"#;

/// Frames that print nothing: the dialog of a printer would hold Firefox up.
pub const NO_PRINTER: &str = "{ const frame = HTMLIFrameElement.prototype, own = Object.getOwnPropertyDescriptor(frame, 'contentWindow').get; \
    Object.defineProperty(frame, 'contentWindow', { get() { const inner = own.call(this); if (inner) inner.print = () => {}; return inner; } }); }";

/// Notes console lines where no driver tells them.
const LISTEN: &str = r#"
for (const [name, level] of [["warn", "WARNING"], ["error", "SEVERE"]]) {
  const say = console[name];
  console[name] = (...words) => { window.__seen.lines.push(`${level} ${words.join(" ")}`); say.apply(console, words); };
}
"#;

/// Which engine shows the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Chromium,
    Firefox,
    WebKit,
}

impl Engine {
    /// The engine that this run is for.
    pub fn chosen() -> Self {
        match std::env::var("HELPNOOK_ENGINE").as_deref() {
            Err(_) | Ok("" | "chromium") => Self::Chromium,
            Ok("firefox") => Self::Firefox,
            Ok("webkit") => Self::WebKit,
            Ok(other) => panic!("HELPNOOK_ENGINE is {other:?}; known are chromium, firefox, webkit"),
        }
    }

    /// The program that drives it.
    fn driver(self) -> String {
        match self {
            Self::Chromium => "chromedriver".to_owned(),
            Self::Firefox => std::env::var("GECKODRIVER").unwrap_or_else(|_| "geckodriver".to_owned()),
            Self::WebKit => "WebKitWebDriver".to_owned(),
        }
    }

    fn capabilities(self, look: &Look) -> Capabilities {
        match self {
            Self::Chromium => chromium(look),
            Self::Firefox => {
                let mut caps = Capabilities::new();
                caps.set("browserName", "firefox").unwrap();
                let size = [format!("--width={}", look.size.0), format!("--height={}", look.size.1)];
                let options = json!({
                    "args": ["-headless", size[0], size[1]],
                    "prefs": { "intl.accept_languages": look.lang, "dom.events.testing.asyncClipboard": true },
                });
                caps.set("moz:firefoxOptions", options).unwrap();
                caps
            }
            Self::WebKit => {
                let mut caps = Capabilities::new();
                // Where Debian and its kin put it; another place is named by the driver's own default.
                let folder = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
                let browser =
                    [format!("{folder}/webkitgtk-6.0/MiniBrowser"), format!("{folder}/webkit2gtk-4.1/MiniBrowser")]
                        .into_iter()
                        .find(|path| std::path::Path::new(path).exists());
                if let Some(binary) = browser {
                    caps.set("webkitgtk:browserOptions", json!({ "binary": binary, "args": ["--automation"] }))
                        .unwrap();
                }
                caps
            }
        }
    }
}

fn chromium(look: &Look) -> Capabilities {
    let mut caps = ChromeCapabilities::new();
    for arg in [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--hide-scrollbars",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
    ] {
        caps.add_arg(arg).unwrap();
    }
    caps.add_arg(&format!("--window-size={},{}", look.size.0, look.size.1)).unwrap();
    caps.add_arg(&format!("--lang={}", look.lang)).unwrap();
    caps.set_logging_prefs("browser", LoggingPrefsLogLevel::All).unwrap();
    caps.set_logging_prefs("performance", LoggingPrefsLogLevel::All).unwrap();
    caps.into()
}

/// How the browser is set up.
#[derive(Clone)]
pub struct Look {
    /// Window size in CSS pixels.
    pub size: (u32, u32),
    /// BCP 47 language of the browser.
    pub lang: &'static str,
    /// A script run before any of the page's own, such as a fault.
    pub before: String,
}

impl Default for Look {
    fn default() -> Self {
        Self { size: (1280, 900), lang: "en-GB", before: String::new() }
    }
}

/// The script that runs before those of a page, and Chromium's handle to take it away again.
#[derive(Default)]
struct Before {
    script: String,
    handle: Option<Value>,
}

/// A browser of its own: nothing is shared with another test.
pub struct Browser {
    /// The WebDriver session; never dropped, since its own drop would wait for minutes.
    pub driver: std::mem::ManuallyDrop<WebDriver>,
    /// What shows the page.
    pub engine: Engine,
    before: Mutex<Before>,
    process: Child,
    port: u16,
}

impl Browser {
    pub async fn start(look: Look) -> Self {
        let engine = Engine::chosen();
        let port = free_port();
        let driver = engine.driver();
        let process = Command::new(&driver)
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| panic!("{driver} does not start ({e}); `cargo xtask test` installs it"));
        let caps = engine.capabilities(&look);
        let url = format!("http://127.0.0.1:{port}");
        let start = Instant::now();
        let driver = loop {
            match WebDriver::new(&url, caps.clone()).await {
                Ok(driver) => break driver,
                Err(error) if start.elapsed() > PATIENCE => panic!("no browser session: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        let driver = std::mem::ManuallyDrop::new(driver);
        let browser = Self { driver, engine, before: Mutex::default(), process, port };
        if engine == Engine::Chromium {
            browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": WATCH })).await;
        } else {
            browser.driver.set_window_rect(0, 0, look.size.0, look.size.1).await.unwrap();
        }
        browser.before(&look.before).await;
        browser
    }

    /// Runs a script before any of each page opened from now on, in place of the one said last.
    pub async fn before(&self, script: &str) {
        if self.engine == Engine::Chromium {
            let last = self.before.lock().unwrap().handle.take();
            if let Some(last) = last {
                self.cdp("Page.removeScriptToEvaluateOnNewDocument", last).await;
            }
            let added = self.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
            self.before.lock().unwrap().handle = Some(added);
        }
        self.before.lock().unwrap().script = script.to_owned();
    }

    /// Whether the engine can do what only Chromium's protocol does; says so where it cannot.
    pub fn has_cdp(&self, what: &str) -> bool {
        let has = self.engine == Engine::Chromium;
        if !has {
            println!("left out in {:?}: {what}", self.engine);
        }
        has
    }

    /// A command of the browser's own protocol: throttling, network conditions, media.
    pub async fn cdp(&self, command: &str, params: Value) -> Value {
        self.driver.cdp().send_raw(command, params).await.unwrap_or_else(|e| panic!("{command}: {e}"))
    }

    /// The screen's size from now on; a window of its own cannot be as narrow as a phone.
    pub async fn screen(&self, (width, height): (u32, u32)) {
        if self.engine == Engine::Chromium {
            let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 480 });
            self.cdp("Emulation.setDeviceMetricsOverride", metrics).await;
        } else {
            self.driver.set_window_rect(0, 0, width, height).await.unwrap();
        }
    }

    pub async fn goto(&self, url: &str) {
        if self.engine != Engine::Chromium {
            super::shop::put_before(url, &format!("{WATCH}{LISTEN}{}", self.before.lock().unwrap().script));
        }
        self.driver.goto(url).await.unwrap_or_else(|e| panic!("{url}: {e}"));
    }

    /// Runs a script in the page; `$(selector)` finds in our shadow root, `$$` finds all there.
    pub async fn js(&self, script: &str) -> Value {
        let script = format!(
            "const root = document.querySelector('help-nook')?.shadowRoot; const $ = (s) => root?.querySelector(s); \
             const $$ = (s) => [...(root?.querySelectorAll(s) ?? [])]; {script}"
        );
        let done = self.driver.execute(script.as_str(), Vec::new()).await.unwrap_or_else(|e| panic!("{script}: {e}"));
        done.json().clone()
    }

    /// Waits until an expression is truthy and gives its value.
    pub async fn until(&self, what: &str, expression: &str) -> Value {
        let start = Instant::now();
        loop {
            let value = self.js(&format!("return ({expression});")).await;
            if !matches!(value, Value::Null | Value::Bool(false)) && value != json!("") && value != json!(0) {
                return value;
            }
            if start.elapsed() > PATIENCE {
                let shown = self.js("return root?.textContent?.slice(0, 1500)").await;
                self.shot(&format!("failed-{}", what.replace(|c: char| !c.is_ascii_alphanumeric(), "-"))).await;
                panic!("waited in vain until {what}; the widget shows: {shown}; console: {:?}", self.console().await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The element in our shadow root.
    pub async fn inside(&self, selector: &str) -> WebElement {
        self.until(&format!("{selector} appears"), &format!("!!$({selector:?})")).await;
        let script = format!("return document.querySelector('help-nook').shadowRoot.querySelector({selector:?})");
        self.driver.execute(script.as_str(), Vec::new()).await.unwrap().element().unwrap()
    }

    pub async fn click_inside(&self, selector: &str) {
        self.inside(selector).await.click().await.unwrap_or_else(|e| panic!("click {selector}: {e}"));
    }

    pub async fn type_inside(&self, selector: &str, text: &str) {
        self.inside(selector).await.send_keys(text).await.unwrap_or_else(|e| panic!("type into {selector}: {e}"));
    }

    /// The element of the host page.
    pub async fn outside(&self, selector: &str) -> WebElement {
        self.until(&format!("{selector} appears on the page"), &format!("!!document.querySelector({selector:?})"))
            .await;
        self.driver.find(By::Css(selector)).await.unwrap()
    }

    /// Presses keys where the focus is.
    pub async fn keys(&self, keys: impl Into<TypingData>) {
        self.driver.action_chain().send_keys(keys).perform().await.unwrap();
    }

    /// Console lines so far, as `level text`; reading empties the log.
    pub async fn console(&self) -> Vec<String> {
        if self.engine != Engine::Chromium {
            let lines = self.js("return window.__seen?.lines.splice(0) ?? []").await;
            return lines.as_array().into_iter().flatten().filter_map(|l| l.as_str().map(str::to_owned)).collect();
        }
        let lines = self.driver.get_log("browser").await.unwrap_or_default();
        lines.into_iter().map(|line| format!("{} {}", line.level, line.message)).collect()
    }

    /// Addresses asked for since the last look, in order.
    pub async fn requests(&self) -> Vec<String> {
        if self.engine != Engine::Chromium {
            let script = "const all = performance.getEntriesByType('resource').map((e) => e.name); performance.clearResourceTimings(); return all";
            let names = self.js(script).await;
            return names.as_array().into_iter().flatten().filter_map(|n| n.as_str().map(str::to_owned)).collect();
        }
        let lines = self.driver.get_log("performance").await.unwrap_or_default();
        let messages = lines.iter().filter_map(|line| serde_json::from_str::<Value>(&line.message).ok());
        messages
            .filter(|m| m["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|m| m["message"]["params"]["request"]["url"].as_str().map(str::to_owned))
            .collect()
    }

    /// A picture for whoever looks: `target/screens/<name>.png`.
    pub async fn shot(&self, name: &str) {
        let folder = super::target().join("screens");
        std::fs::create_dir_all(&folder).unwrap();
        let _ = self.driver.screenshot(&folder.join(format!("{name}.png"))).await;
    }

    /// Nothing on the page may have broken: no uncaught error, no error line, no policy violation.
    pub async fn nothing_broke(&self) {
        let seen = self.js("return window.__seen").await;
        if seen.is_null() && self.engine != Engine::Chromium {
            return; // a page of the inbox, into which the shop puts no script
        }
        assert_eq!(seen["errors"], json!([]), "uncaught errors");
        assert_eq!(seen["violations"], json!([]), "policy violations");
        let errors: Vec<String> = self.console().await.into_iter().filter(|l| l.starts_with("SEVERE")).collect();
        assert!(errors.is_empty(), "errors in the console: {errors:?}");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Only the end of its session makes the driver end the browser.
        if let Ok(mut to) = TcpStream::connect(("127.0.0.1", self.port)) {
            let id = self.driver.handle().session_id().to_string();
            let _ = to.set_read_timeout(Some(PATIENCE));
            let _ = write!(to, "DELETE /session/{id} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
            let _ = to.read(&mut [0; 64]);
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
