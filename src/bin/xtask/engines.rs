//! `cargo xtask engines`: the journeys again, in Firefox and WebKit.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::{Step, test, tools};

/// Release of the program that drives Firefox; Debian has none.
const GECKODRIVER: &str = "0.37.1";

/// Display of the virtual screen that WebKit, which knows no headless mode, is shown on.
const DISPLAY: &str = ":87";

/// Runs the journeys in both, or in the one named; other words name journeys, as in `engines firefox help::`.
pub fn run(args: &[String]) -> Step {
    let (wanted, names): (Vec<&str>, Vec<&str>) =
        args.iter().map(String::as_str).partition(|name| ["firefox", "webkit"].contains(name));
    let runs = |name| wanted.is_empty() || wanted.contains(&name);
    let mut failed = Vec::new();
    if runs("firefox") {
        if !tools::has("firefox-esr") && !tools::has("firefox") {
            tools::need_packages(&["firefox-esr"])?;
        }
        let driver = geckodriver()?;
        let mut journeys = test::journeys()?;
        journeys.arg("--test-threads=1").args(&names).env("HELPNOOK_ENGINE", "firefox").env("GECKODRIVER", driver);
        failed.extend(tools::run(&mut journeys).err().map(|_| "firefox"));
    }
    if runs("webkit") {
        let lacks: Vec<&str> = [("WebKitWebDriver", "webkit2gtk-driver"), ("Xvfb", "xvfb")]
            .into_iter()
            .filter(|(program, _)| !on_path(program))
            .map(|(_, package)| package)
            .collect();
        if !lacks.is_empty() {
            tools::need_packages(&lacks)?;
        }
        let _screen = Screen::start()?;
        let mut journeys = test::journeys()?;
        journeys.arg("--test-threads=1").args(&names).env("HELPNOOK_ENGINE", "webkit").env("DISPLAY", DISPLAY);
        failed.extend(tools::run(&mut journeys).err().map(|_| "webkit"));
    }
    if failed.is_empty() { Ok(()) } else { Err(format!("journeys failed in {}", failed.join(" and ")).into()) }
}

/// A virtual screen, closed when it is dropped.
struct Screen(Child);

impl Screen {
    fn start() -> Step<Self> {
        let mut screen = Command::new("Xvfb");
        screen.args([DISPLAY, "-screen", "0", "1400x1000x24"]).stdout(Stdio::null()).stderr(Stdio::null());
        Ok(Self(screen.spawn().map_err(|e| format!("Xvfb does not start: {e}"))?))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Whether a program is there; the drivers know no `--version` that ends well.
fn on_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).exists()))
}

/// The driver of Firefox, built once into `target/tools` where the machine has none.
fn geckodriver() -> Step<PathBuf> {
    if on_path("geckodriver") {
        return Ok("geckodriver".into());
    }
    let folder = tools::target().join("tools").join(format!("geckodriver-{GECKODRIVER}"));
    let driver = folder.join("bin/geckodriver");
    if !driver.exists() {
        eprintln!("building geckodriver {GECKODRIVER}, once");
        let mut cargo = tools::cargo();
        cargo.args(["install", "--quiet", "geckodriver", "--version", GECKODRIVER, "--root"]).arg(&folder);
        tools::run(&mut cargo)?;
    }
    Ok(driver)
}
