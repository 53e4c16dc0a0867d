//! What the panel hears of window and document; taken off again when dropped.

use leptos::prelude::{document, window};

use super::app::{App, Cue};
use crate::browser::host::IndexState;
use crate::browser::listeners::Listeners;

/// Begins to listen: to the network, to the page coming back, to the keyboard on a phone's screen.
pub fn listen(app: App) -> Listeners {
    let mut all = Listeners::default();
    for name in ["online", "offline", "pageshow", "focus"] {
        all.add(&window(), name, move |_| {
            let online = window().navigator().on_line();
            app.change(Cue::Device, |state| state.online = online);
            if online && app.peek(|state| state.mute && state.sending) {
                app.call(true);
            }
            if app.peek(|state| state.index) != IndexState::Ready {
                app.refresh();
            }
        });
    }
    all.add(&document(), "visibilitychange", move |_| app.look());
    if let Some(viewport) = window().visual_viewport() {
        all.add(&viewport, "resize", move |_| super::frame::fit(app));
    }
    all
}
