//! `cargo xtask oscar`: the widget in a django-oscar shop, installed from PyPI into `target/oscar/`.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Step, demo, dist, tools};

/// What the shop is made of; the same release whose pages the tests know.
const PACKAGES: [&str; 3] = ["django-oscar[sorl-thumbnail]==4.2.1", "whoosh", "setuptools"];

/// How long a cold start may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The shop, stopped when this goes.
struct Shop(Child);

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Installs, seeds and starts the shop, then walks through it in five languages.
pub fn run() -> Step {
    if !tools::has("python3") {
        tools::need_packages(&["python3", "python3-venv"])?;
    }
    dist::run()?;
    demo::prepare()?;
    let folder = tools::target().join("oscar");
    let python = folder.join("venv/bin/python");
    std::fs::create_dir_all(folder.join("media"))?;
    if !folder.join("installed").exists() {
        println!("installing {} into {}", PACKAGES[0], folder.display());
        tools::run(Command::new("python3").args(["-m", "venv"]).arg(folder.join("venv")))?;
        tools::run(Command::new(&python).args(["-m", "pip", "install", "--quiet"]).args(PACKAGES))?;
        tools::write(&folder.join("installed"), PACKAGES[0].as_bytes())?;
    }
    let files = folder.join("static/help");
    if files.exists() {
        std::fs::remove_dir_all(&files)?;
    }
    let site = tools::site();
    for file in tools::files_below(&site)? {
        tools::write(&files.join(file.strip_prefix(&site)?), &std::fs::read(&file)?)?;
    }
    // What reads pages is bundled in the release; the test asks it alone.
    tools::write(&files.join("facts.js"), &std::fs::read(tools::root().join("www/facts.js"))?)?;
    let source = tools::root().join("tests/data/oscar");
    if !folder.join("whoosh").exists() {
        tools::run(at(&python, &folder, &source).arg(source.join("seed.py")))?;
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let address = format!("127.0.0.1:{port}");
    let log = std::fs::File::create(folder.join("server.log"))?;
    let mut server = at(&python, &folder, &source);
    server
        .args(["-m", "django", "runserver", "--noreload", &address])
        .stdout(log.try_clone()?)
        .stderr(Stdio::from(log));
    let _shop = Shop(server.spawn()?);
    let start = Instant::now();
    while std::net::TcpStream::connect(&address).is_err() {
        if start.elapsed() > PATIENCE {
            return Err(format!("the shop does not start; see {}", folder.join("server.log").display()).into());
        }
        std::thread::sleep(Duration::from_millis(300));
    }
    let mut test = tools::cargo();
    test.args(["test", "--features", "xtask", "--test", "browser", "--", "--ignored", "--nocapture", "oscar"]);
    test.env("HELPNOOK_OSCAR", format!("http://{address}"));
    tools::run(&mut test)
}

/// Python with the shop's settings.
fn at(python: &Path, folder: &Path, source: &Path) -> Command {
    let mut command = Command::new(python);
    command.current_dir(folder).env("OSCAR_DATA", folder).env("PYTHONPATH", source);
    command.env("DJANGO_SETTINGS_MODULE", "settings").env("PYTHONDONTWRITEBYTECODE", "1");
    command
}
