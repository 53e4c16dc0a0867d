//! Asking a system that is spoken to by a socket whether it would let us in, changing nothing there.

use std::time::Duration;

use tokio::time::timeout;

use super::wire::{Said, Wire};
use crate::relay::{Adapter, Frame, Heard, Listen, Saved, Talk};

/// Opens a socket and logs in, and waits for what comes of it.
///
/// # Errors
/// What is wrong, in words.
pub fn knock(adapter: &dyn Adapter, patience: Duration) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot be asked from here ({error})"))?;
    let asked = runtime.block_on(async { timeout(patience, asked(adapter, patience)).await });
    asked.unwrap_or_else(|_| Err("takes a socket, and then says nothing of use".to_owned()))
}

async fn asked(adapter: &dyn Adapter, patience: Duration) -> Result<(), String> {
    let (talk, mut saved, mut wire) = (Talk::default(), Saved::new(), Wire::default());
    let Listen::Socket(dial) = adapter.listen(&talk, &saved) else { return Ok(()) };
    wire.dial(&dial, patience).await?;
    wire.session.insert("probe".to_owned(), "yes".to_owned());
    let mut heard = adapter.hear(&talk, &mut saved, &mut wire.session, Frame::Up);
    loop {
        for one in heard {
            match one {
                Heard::Say(text) => wire.say(&text, patience).await,
                Heard::Ready => return Ok(()),
                Heard::Refused(why) => return Err(why),
                Heard::Hang | Heard::Gone => return Err("breaks the socket off in the middle of the login".to_owned()),
                Heard::Taken(..) | Heard::Fetch | Heard::News(_) => {}
            }
        }
        heard = match wire.next().await {
            Said::Text(text) => adapter.hear(&talk, &mut saved, &mut wire.session, Frame::Text(&text)),
            Said::Alive => Vec::new(),
            Said::Down => return Err("breaks the socket off in the middle of the login".to_owned()),
        };
    }
}
