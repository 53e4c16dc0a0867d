//! `cargo xtask conformance`: what other systems are told, against their own contracts and against real servers.

use std::path::Path;
use std::process::Command;

use crate::{Step, servers, tools};

/// Packages of the vendors' own typings, and the compiler that holds our calls against them.
const TYPINGS: &[(&str, &str)] = &[
    ("typescript", "5.9.3"),
    ("@types/intercom-web", "2.8.26"),
    ("@types/zendesk-web-widget", "1.0.1"),
    ("@livechat/widget-core", "1.4.1"),
];

/// The package by which Crisp makes the calls that we make; its typings leave them open.
const CRISP: (&str, &str) = ("crisp-sdk-web", "1.2.1");

/// The mock server that checks every request against a written contract.
const PRISM: (&str, &str) = ("@stoplight/prism-cli", "5.16.0");

/// The mock server that speaks OpenAI's chat completions, with faults on demand.
pub const AIMOCK: (&str, &str) = ("@copilotkit/aimock", "1.43.0");

/// Written contracts: the variable that tells the relay's tests where Prism serves one, its port, its file. Those of
/// vendors, which are not ours to keep, lie beside the checkout.
const CONTRACTS: &[(&str, u16, &str)] = &[
    ("HELPNOOK_PRISM_ZENDESK_TICKETS", 14051, "tests/conformance/zendesk-tickets.yaml"),
    ("HELPNOOK_PRISM_CHATWOOT", 14052, "tests/conformance/chatwoot-client.yaml"),
    ("HELPNOOK_PRISM_SUNCO", 14053, "tests/conformance/zendesk-sunco-server.yaml"),
    ("HELPNOOK_PRISM_ROCKETCHAT", 14056, "tests/conformance/rocketchat-livechat.yaml"),
    ("HELPNOOK_PRISM_TWILIO_FLEX", 14054, "../shared/contracts/specs/twilio-flex-v2.webchats.json"),
    ("HELPNOOK_PRISM_TWILIO_CONVERSATIONS", 14055, "../shared/contracts/specs/twilio-conversations-v1.trimmed.json"),
];

/// What no machine can prove without an account of the vendor's.
const LEFT_OUT: &[&str] = &[
    "typings of Twilio's Webchat 3, Chatwoot, tawk.to, Gorgias, Help Scout Beacon, Freshchat, HubSpot, Acquire and Rocket.Chat's \
     widget: none are published, so what they are told is held against logs of exact calls",
    "Rocket.Chat itself, which needs MongoDB: its requests are held against its written reference",
    "Zendesk, Twilio and Chatwoot themselves: an account of the shop's own is needed; `helpnook doctor --config FILE --live` asks it",
];

/// Runs all that can run here, and says what cannot.
pub fn run() -> Step {
    if !tools::has("node") {
        tools::need_packages(&["nodejs", "npm"])?;
    }
    let tests = tools::root().join("tests/conformance");
    let mut node = Command::new("node");
    node.arg("--test").args(["vendors.mjs", "forms.mjs", "tickets.mjs", "bot.mjs"].map(|name| tests.join(name)));
    let prism = tools::npm_package(PRISM.0, PRISM.1).map(|prism| prism.join("dist/index.js"));
    match &prism {
        Some(prism) => drop(node.env("PRISM", prism)),
        None => println!("left out: bodies against their contracts, for npm cannot install {}", PRISM.0),
    }
    match tools::npm_package(AIMOCK.0, AIMOCK.1) {
        Some(mock) => {
            node.env("AIMOCK", mock.join("dist/cli.js"));
        }
        None => println!("left out: the bot against OpenAI's contract, for npm cannot install {}", AIMOCK.0),
    }
    match tools::npm_package(CRISP.0, CRISP.1) {
        Some(package) => drop(node.env("CRISP", package)),
        None => println!("left out: Crisp's calls against its own package, for npm cannot install {}", CRISP.0),
    }
    tools::run(&mut node)?;
    systems(prism.as_deref())?;
    typings()?;
    if tools::target().join("npm").exists() {
        crate::package::check_types()?;
    } else {
        println!("left out: the npm package's own types, for it is not built: run `cargo xtask dist` first");
    }
    for one in LEFT_OUT {
        println!("left out: {one}");
    }
    Ok(())
}

/// The rules of the relay, every request held against its contract, and against real servers.
fn systems(prism: Option<&Path>) -> Step {
    let mut cargo = tools::cargo();
    cargo.args(["test", "--features", "xtask", "--test", "relay"]);
    let mut running = Vec::new();
    for (name, port, file) in CONTRACTS {
        let file = tools::root().join(file);
        let Some(prism) = prism.filter(|_| file.exists()) else {
            println!("left out: {name}: there is no Prism, or no {}", file.display());
            continue;
        };
        let port = port.to_string();
        let mut command = Command::new("node");
        command.arg(prism).args(["mock", "--errors", "-h", "127.0.0.1", "-p", &port]).arg(file);
        running.push(servers::start(&mut command, &port)?);
        cargo.env(name, format!("http://127.0.0.1:{port}"));
    }
    for (what, started) in [
        ("Chatwoot's socket against Rails' ActionCable", servers::cable()),
        ("the ten rules against Synapse, a Matrix homeserver", servers::synapse()),
        ("the ten rules against Prosody, an XMPP server", servers::prosody()),
    ] {
        match started {
            Ok((server, name, address)) => {
                running.push(server);
                cargo.env(name, address);
            }
            Err(error) => println!("left out: {what}: {error}"),
        }
    }
    // Few at a time: each test waits for several programs.
    tools::run(cargo.args(["--", "--test-threads=3"]))
}

/// Compiles the calls against the vendors' own published typings.
fn typings() -> Step {
    for (name, version) in TYPINGS {
        if tools::npm_package(name, version).is_none() {
            println!("left out: the vendors' typings, for npm cannot install {name}");
            return Ok(());
        }
    }
    // Beside the packages, where the compiler looks for them.
    let folder = tools::target().join("tools/conformance");
    let settings = std::fs::read_to_string(tools::root().join("tests/conformance/tsconfig.json"))?;
    tools::write(&folder.join("tsconfig.json"), settings.replace("../../www/", "").as_bytes())?;
    for name in ["vendors.js", "forms.js"] {
        tools::write(&folder.join(name), &std::fs::read(tools::root().join("www").join(name))?)?;
    }
    let compiler = tools::target().join("tools/node_modules/typescript/bin/tsc");
    tools::run(Command::new("node").arg(compiler).arg("-p").arg(&folder))?;
    println!("the calls fit the typings of Intercom, Zendesk's messenger and LiveChat");
    Ok(())
}
