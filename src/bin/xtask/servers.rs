//! Real servers of other systems, on loopback ports, for as long as a step runs.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::{Step, tools};

/// Port of Rails' ActionCable, which Chatwoot's socket is.
const CABLE_PORT: u16 = 14031;

/// Port of Synapse.
const SYNAPSE_PORT: u16 = 14061;

/// Port of Prosody's WebSocket.
const PROSODY_PORT: u16 = 14062;

/// A Matrix homeserver, as a Python package.
const SYNAPSE: (&str, &str) = ("matrix-synapse", "1.163.2");

/// A server that runs, the variable that tells the tests of it, and its address.
pub type Started = (Running, &'static str, String);

/// Ends with the work.
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a server, and waits until it listens.
pub fn start(command: &mut Command, port: &str) -> Step<Running> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let running = Running(child);
    for _ in 0..600 {
        if TcpStream::connect(format!("127.0.0.1:{port}")).is_ok() {
            return Ok(running);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(format!("{command:?} does not listen").into())
}

/// Rails' own ActionCable, with the routes of Chatwoot's client API that a conversation needs.
pub fn cable() -> Step<Started> {
    if !tools::has("puma") {
        tools::need_packages(&["ruby-actioncable", "puma"])?;
    }
    let app: PathBuf = tools::root().join("tests/conformance/actioncable.ru");
    let mut puma = Command::new("puma");
    puma.args(["-b", &format!("tcp://127.0.0.1:{CABLE_PORT}"), "-t", "4:8"]).arg(app);
    let running = start(&mut puma, &CABLE_PORT.to_string())?;
    Ok((running, "HELPNOOK_CABLE", format!("http://127.0.0.1:{CABLE_PORT}")))
}

/// Synapse, with nothing in it.
pub fn synapse() -> Step<Started> {
    let (package, version) = SYNAPSE;
    let program = tools::python_program(package, version, "synapse_homeserver")
        .ok_or_else(|| format!("pip cannot install {package} {version}"))?;
    let folder = emptied("synapse")?;
    let settings = std::fs::read_to_string(tools::root().join("tests/conformance/synapse.yaml"))?;
    let settings = settings.replace("PORT", &SYNAPSE_PORT.to_string());
    tools::write(&folder.join("homeserver.yaml"), settings.as_bytes())?;
    let log = "version: 1\nhandlers: {f: {class: logging.FileHandler, filename: synapse.log}}\nroot: {level: WARNING, handlers: [f]}\n";
    tools::write(&folder.join("log.yaml"), log.as_bytes())?;
    let homeserver = || {
        let mut command = Command::new(&program);
        command.current_dir(&folder).args(["-c", "homeserver.yaml"]);
        command
    };
    tools::run(homeserver().arg("--generate-keys").stdout(Stdio::null()))?;
    let running = start(&mut homeserver(), &SYNAPSE_PORT.to_string())?;
    Ok((running, "HELPNOOK_SYNAPSE", format!("http://127.0.0.1:{SYNAPSE_PORT}")))
}

/// Prosody, with nothing in it, which lets anybody in.
pub fn prosody() -> Step<Started> {
    if !tools::has("prosodyctl") && !std::path::Path::new("/usr/bin/prosody").exists() {
        tools::need_packages(&["prosody"])?;
    }
    let folder = emptied("prosody")?;
    let settings = std::fs::read_to_string(tools::root().join("tests/conformance/prosody.cfg.lua"))?;
    let settings = settings.replace("PORT", &PROSODY_PORT.to_string()).replace("FOLDER", &folder.display().to_string());
    let file = folder.join("prosody.cfg.lua");
    tools::write(&file, settings.as_bytes())?;
    let mut prosody = Command::new("prosody");
    let running = start(prosody.arg("--config").arg(file).arg("-F"), &PROSODY_PORT.to_string())?;
    Ok((running, "HELPNOOK_PROSODY", format!("ws://127.0.0.1:{PROSODY_PORT}/xmpp-websocket")))
}

/// A folder for what a server writes, without what an earlier run left.
fn emptied(name: &str) -> Step<PathBuf> {
    let folder = tools::target().join("tools").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
