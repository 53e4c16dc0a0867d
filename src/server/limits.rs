//! How much the inbox takes from anybody, and for how long it waits.

use std::time::Duration;

/// Why a limit cannot be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LimitError {
    /// There is none of that name.
    Unknown,
    /// The value is not what is expected.
    Value {
        /// What would do.
        expected: &'static str,
    },
}

impl std::fmt::Display for LimitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LimitError::Unknown => f.write_str("there is no such limit: `helpnook serve --print-config` lists all"),
            LimitError::Value { expected } => write!(f, "expected {expected}"),
        }
    }
}

impl std::error::Error for LimitError {}

/// A kind of limit: how it is written in a configuration file.
trait Written: Sized {
    /// What stands after the name, to tell the unit.
    const UNIT: &'static str;
    fn read(text: &str) -> Result<Self, LimitError>;
    fn write(&self) -> String;
}

impl Written for Duration {
    const UNIT: &'static str = "-s";

    fn read(text: &str) -> Result<Self, LimitError> {
        let expected = LimitError::Value { expected: "a number of seconds above 0" };
        let seconds: f64 = text.parse().map_err(|_| expected.clone())?;
        Duration::try_from_secs_f64(seconds).ok().filter(|time| !time.is_zero()).ok_or(expected)
    }

    fn write(&self) -> String {
        self.as_secs_f64().to_string()
    }
}

impl Written for usize {
    const UNIT: &'static str = "";

    fn read(text: &str) -> Result<Self, LimitError> {
        let count = text.parse().ok().filter(|&count| count > 0);
        count.ok_or(LimitError::Value { expected: "a whole number above 0" })
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Written for f64 {
    const UNIT: &'static str = "";

    fn read(text: &str) -> Result<Self, LimitError> {
        let number = text.parse().ok().filter(|&number: &f64| number.is_finite() && number > 0.0);
        number.ok_or(LimitError::Value { expected: "a number above 0" })
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Written for bool {
    const UNIT: &'static str = "";

    fn read(text: &str) -> Result<Self, LimitError> {
        text.parse().map_err(|_| LimitError::Value { expected: "true or false" })
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// Defines [`Limits`], its defaults, and how a configuration file names each.
macro_rules! limits {
    ($($(#[doc = $doc:literal])+ $name:ident: $kind:ty = $default:expr,)*) => {
        /// Limits of the inbox; a configuration file sets each by its name, `_` written `-`, and `-s` after a time.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Limits { $($(#[doc = $doc])+ pub $name: $kind,)* }

        impl Default for Limits {
            fn default() -> Self {
                Limits { $($name: $default,)* }
            }
        }

        impl Limits {
            /// Sets the limit that a configuration file names so.
            ///
            /// # Errors
            /// When there is none of that name, or the value does not fit.
            pub fn set(&mut self, key: &str, value: &str) -> Result<(), LimitError> {
                $(if key == key_of(stringify!($name), <$kind as Written>::UNIT) {
                    self.$name = <$kind as Written>::read(value)?;
                    return Ok(());
                })*
                Err(LimitError::Unknown)
            }

            /// All limits as a configuration file has them, each with its meaning.
            #[must_use]
            pub fn written(&self) -> String {
                let mut out = "limits:\n".to_owned();
                $(
                    $(out += &format!("  #{}\n", $doc);)+
                    let key = key_of(stringify!($name), <$kind as Written>::UNIT);
                    out += &format!("  {key}: {}\n", self.$name.write());
                )*
                out
            }
        }
    };
}

fn key_of(name: &str, unit: &str) -> String {
    name.replace('_', "-") + unit
}

limits! {
    /// Time for the whole head of a request, and for the next request on an open connection.
    header_timeout: Duration = Duration::from_secs(10),
    /// Time for the whole body of a request.
    body_timeout: Duration = Duration::from_secs(15),
    /// Connections at a time; more are answered 503 at once.
    max_connections: usize = 10_000,
    /// Longest body of a request.
    body_bytes: usize = 32 * 1024,
    /// Largest file that may come with a message.
    file_bytes: usize = 10 * 1024 * 1024,
    /// Time for the whole of a file.
    file_timeout: Duration = Duration::from_secs(120),
    /// Files that one conversation may hold.
    files_per_conversation: usize = 20,
    /// Files that may be on their way at once, from everybody; more are answered 503 at once.
    files_at_once: usize = 8,
    /// Most pixels of an image, which takes 4 bytes of memory for each while it is looked at.
    image_pixels: usize = 50_000_000,
    /// Longest frame that a shopper's socket may send.
    frame_bytes: usize = 16 * 1024,
    /// Requests to the API a second from one address (IPv6: from one /64), in the long run.
    requests_per_s: f64 = 20.0,
    /// Requests that one address may make at once.
    requests_burst: f64 = 100.0,
    /// Messages a second in one conversation, in the long run.
    messages_per_s: f64 = 1.0,
    /// Messages at once in one conversation: what an outbox sends when the network is back.
    messages_burst: f64 = 5.0,
    /// Conversations an hour that one address may open.
    conversations_per_hour: f64 = 20.0,
    /// Questions an hour that one address may ask the AI bot; a sixth of them at once.
    bot_questions_per_hour: f64 = 60.0,
    /// Attempts to sign in a minute, from one address and for one name.
    sign_ins_per_min: f64 = 10.0,
    /// Longest wait of a request for events.
    poll_wait: Duration = Duration::from_secs(25),
    /// Time between two pings on a socket; three without an answer end it.
    ping_every: Duration = Duration::from_secs(20),
    /// Time that an agent counts as online after the last page was closed; spans a reload.
    presence_grace: Duration = Duration::from_secs(8),
    /// Time that an agent stays signed in without doing anything.
    session_idle: Duration = Duration::from_secs(12 * 3600),
    /// Time that a shopper waits before the shop is told by e-mail.
    notice_after: Duration = Duration::from_secs(60),
    /// Time that a shopper has to read an answer in the panel before it goes out by e-mail.
    answer_after: Duration = Duration::from_secs(120),
    /// Wait after an e-mail was not taken; it doubles with each further failure, up to an hour.
    mail_retry: Duration = Duration::from_secs(30),
    /// Time that another system gets to take a conversation before the next way is taken.
    relay_patience: Duration = Duration::from_secs(8),
    /// Time that open requests get when the inbox stops.
    stop_timeout: Duration = Duration::from_secs(10),
    /// Most writes in one commit.
    commit_batch: usize = 256,
    /// Writes that may wait for a commit; more are answered 503 at once.
    write_queue: usize = 4096,
    /// Whether a proxy on this machine is trusted to name the shopper's address in `X-Forwarded-For`.
    behind_proxy: bool = false,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_by_the_name_in_the_file() {
        let mut limits = Limits::default();
        assert_eq!(limits.set("body-timeout-s", "2.5"), Ok(()));
        assert_eq!(limits.body_timeout, Duration::from_millis(2500));
        assert_eq!(limits.set("behind-proxy", "true"), Ok(()));
        assert_eq!(limits.set("body_timeout", "2"), Err(LimitError::Unknown));
        for (key, value) in
            [("body-bytes", "-1"), ("body-timeout-s", "soon"), ("requests-per-s", "NaN"), ("write-queue", "0")]
        {
            assert!(matches!(limits.set(key, value), Err(LimitError::Value { .. })), "{key}");
        }
    }

    #[test]
    fn every_limit_reads_what_it_writes() {
        let written = Limits::default().written();
        let mut limits = Limits { body_bytes: 1, ..Limits::default() };
        for line in written.lines().skip(1).filter(|line| !line.contains('#')) {
            let (key, value) = line.trim().split_once(": ").unwrap_or_default();
            assert_eq!(limits.set(key, value), Ok(()), "{line}");
        }
        assert_eq!(limits, Limits::default());
    }
}
