//! How Helpnook asks other servers: by its name, with patience that ends, and an answer is an answer
//! whatever its status.

use std::time::Duration;

use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

/// What all requests to others have in common; the caller adds what is its own.
#[must_use]
pub fn asking(patience: Duration) -> ConfigBuilder<AgentScope> {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(patience))
        .user_agent(concat!("helpnook/", env!("CARGO_PKG_VERSION")))
}
