//! The native program.

use std::process::ExitCode;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> ExitCode {
    match helpnook::cli::run() {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprintln!("helpnook: {error}");
            error.exit().into()
        }
    }
}

#[cfg(target_arch = "wasm32")]
fn main() -> ExitCode {
    ExitCode::FAILURE
}
