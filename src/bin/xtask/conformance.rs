//! `cargo xtask conformance`: what other systems are told, against their own contracts.

use std::process::Command;

use crate::{Step, tools};

/// Packages of the vendors' own typings, and the compiler that holds our calls against them.
const TYPINGS: &[(&str, &str)] =
    &[("typescript", "5.9.3"), ("@types/intercom-web", "2.8.26"), ("@livechat/widget-core", "1.4.1")];

/// The mock server that checks every request against a written contract.
const PRISM: (&str, &str) = ("@stoplight/prism-cli", "5.16.0");

/// What is proved only by hand so far, and where.
const LEFT_OUT: &[&str] = &["Synapse, Prosody, ActionCable and Twilio's SDK: no native adapter speaks to them yet"];

/// Runs all that can run here, and says what cannot.
pub fn run() -> Step {
    if !tools::has("node") {
        tools::need_packages(&["nodejs", "npm"])?;
    }
    let tests = tools::root().join("tests/conformance");
    let mut node = Command::new("node");
    node.arg("--test").arg(tests.join("vendors.mjs")).arg(tests.join("tickets.mjs"));
    match tools::npm_package(PRISM.0, PRISM.1) {
        Some(prism) => {
            node.env("PRISM", prism.join("dist/index.js"));
        }
        None => println!("left out: the bodies of tickets against their contract, for npm cannot install {}", PRISM.0),
    }
    tools::run(&mut node)?;
    // The importer against Zendesk's contract and against stand-ins of other help desks.
    tools::run(tools::cargo().args(["test", "--features", "xtask", "--test", "cli", "live::"]))?;
    typings()?;
    crate::package::check_types()?;
    for one in LEFT_OUT {
        println!("left out: {one}");
    }
    Ok(())
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
    tools::write(&folder.join("vendors.js"), &std::fs::read(tools::root().join("www/vendors.js"))?)?;
    let compiler = tools::target().join("tools/node_modules/typescript/bin/tsc");
    tools::run(Command::new("node").arg(compiler).arg("-p").arg(&folder))?;
    println!("the calls fit the typings that Intercom and LiveChat publish");
    Ok(())
}
