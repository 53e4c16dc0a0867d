//! A real browser, driven over WebDriver, looking into our open shadow root.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use thirtyfour::prelude::*;
use thirtyfour::{ChromeCapabilities, ChromiumLikeCapabilities, LoggingPrefsLogLevel, TypingData};

/// How long a journey waits for something to appear before it fails.
const PATIENCE: Duration = Duration::from_secs(15);

/// Reads in the page what no log tells: layout shifts, long tasks, policy violations, uncaught errors.
const WATCH: &str = r#"
(() => {
  const seen = (window.__seen = { shift: 0, long: [], violations: [], errors: [] });
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

/// A browser of its own: nothing is shared with another test.
pub struct Browser {
    /// The WebDriver session; never dropped, since its own drop would wait for minutes.
    pub driver: std::mem::ManuallyDrop<WebDriver>,
    process: Child,
    port: u16,
}

impl Browser {
    pub async fn start(look: Look) -> Self {
        let port = free_port();
        let process = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts; `cargo xtask test` installs it");
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
        let url = format!("http://127.0.0.1:{port}");
        let start = Instant::now();
        let driver = loop {
            match WebDriver::new(&url, caps.clone()).await {
                Ok(driver) => break driver,
                Err(error) if start.elapsed() > PATIENCE => panic!("no browser session: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        let browser = Self { driver: std::mem::ManuallyDrop::new(driver), process, port };
        let source = format!("{WATCH}\n{}", look.before);
        browser.cdp("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
        browser
    }

    /// A command of the browser's own protocol: throttling, network conditions, media.
    pub async fn cdp(&self, command: &str, params: Value) -> Value {
        self.driver.cdp().send_raw(command, params).await.unwrap_or_else(|e| panic!("{command}: {e}"))
    }

    pub async fn goto(&self, url: &str) {
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
        let lines = self.driver.get_log("browser").await.unwrap_or_default();
        lines.into_iter().map(|line| format!("{} {}", line.level, line.message)).collect()
    }

    /// Addresses asked for since the last look, in order.
    pub async fn requests(&self) -> Vec<String> {
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
