//! `cargo xtask chaos` and `cargo xtask load`: the inbox under faults and under load, at full length.
//!
//! The same tests run in `cargo xtask test`, shorter and unoptimised; the numbers in the README
//! are these.

use std::process::Command;

use crate::{Step, tools};

/// Kills of the server under writers, and cuts of the network under a reader and a writer.
pub fn chaos() -> Step {
    let long = [("HELPNOOK_KILLS", "100"), ("HELPNOOK_MESSAGES", "20000"), ("HELPNOOK_CUTS", "3300")];
    tests(&["chaos", "cuts"], &long)
}

/// Durable messages a second, idle sockets, half-open requests, a start with much stored.
pub fn load() -> Step {
    let long = [
        ("HELPNOOK_LOAD_S", "10"),
        ("HELPNOOK_SOCKETS", "5000"),
        ("HELPNOOK_HALF_OPEN", "1000"),
        ("HELPNOOK_STORED", "1000000"),
    ];
    tests(&["load"], &long)
}

/// Names what tests of the inbox use when it is there: a mail server, and a clock that is wrong.
pub fn real_world(cargo: &mut Command) {
    match tools::python_program("aiosmtpd", "1.4.6", "aiosmtpd") {
        Some(program) => drop(cargo.env("HELPNOOK_SMTPD", program)),
        None => eprintln!("without python3 and its venv no e-mail is sent to a real mail server"),
    }
    if !tools::has("faketime") && tools::need_packages(&["faketime"]).is_err() {
        eprintln!("without faketime no test runs under a wrong clock");
    }
}

/// One test at a time, so that none takes the machine from another.
fn tests(names: &[&str], settings: &[(&str, &str)]) -> Step {
    let mut cargo = tools::cargo();
    cargo.args(["test", "--release", "--test", "inbox", "--", "--nocapture", "--test-threads=1"]);
    tools::run(cargo.args(names).envs(settings.iter().copied()))
}
