//! Hits for what was typed: a sure answer, perhapses, or a person.

use super::actions;
use super::app::{App, Cue};
use super::contact;
use super::el::{El, Item, button, div, el, item, key_of};
use super::icons::icon;
use crate::search::Hit;
use crate::strings::{Msg, fill};

/// From this answerable score (0 to 255) on, the first hit is shown as the answer.
/// Raising it makes the panel more modest; see the calibration of the search.
const SURE: u8 = 160;

/// Below this answerable score a person is offered first; between the two, last.
const PERHAPS: u8 = 80;

/// The list, and what is offered with it.
pub fn view(app: App) -> El {
    div("results").list(move || parts(app))
}

fn parts(app: App) -> Vec<Item> {
    app.see(Cue::Search, |state| {
        let Some(answer) = &state.found else { return Vec::new() };
        let mut out = Vec::new();
        let (n, sure) = (answer.hits.len(), answer.answerable >= SURE);
        if n == 0 {
            out.push(item(1, move || nothing(app)));
            return out;
        }
        if answer.answerable < PERHAPS {
            out.push(item(2, move || unsure(app)));
        }
        // The key is what is shown: the same hits for one letter more stay as they are.
        let shown: Vec<String> =
            answer.hits.iter().map(|hit| [hit.article.to_string(), format_marks(hit)].concat()).collect();
        let key = key_of(&[shown.join(";"), sure.to_string()].concat()) | 1 << 63;
        let hits = answer.hits.clone();
        if answer.answerable >= PERHAPS {
            let best: Vec<u32> = hits.iter().take(2).map(|hit| hit.article).collect();
            let number = best.iter().fold(0, |sum, article| sum << 30 | u64::from(*article));
            out.push(item(number + 4, move || actions::view(app, &best)));
        }
        out.push(item(key, move || list(app, hits, sure)));
        if answer.answerable >= PERHAPS {
            out.push(item(3, move || unsure(app)));
        }
        out
    })
}

fn format_marks(hit: &Hit) -> String {
    let marks = hit.title_ranges.iter().chain(&hit.snippet_ranges);
    marks.flat_map(|(start, end)| [":".to_owned(), start.to_string(), "-".to_owned(), end.to_string()]).collect()
}

fn list(app: App, hits: Vec<Hit>, sure: bool) -> El {
    let heading = if sure { Msg::HitsSure } else { Msg::HitsPerhaps };
    let group = |name: &'static str, msg: Msg| {
        el("div role=group")
            .attr("aria-labelledby", name)
            .child(el("div.label role=presentation").attr("id", name).say(app, msg))
    };
    let mut options: Vec<El> =
        hits.into_iter().enumerate().map(|(n, hit)| option(app, n + 1, &hit, sure && n == 0)).collect();
    let listbox = el("div.hits id=hn-hits role=listbox").label(app, Msg::SearchLabel);
    if sure && options.len() > 1 {
        let rest = options.split_off(1);
        listbox
            .child(group("hn-best", heading).child(el("div.card role=presentation").children(options)))
            .child(group("hn-more", Msg::HitsMore).child(el("div.card role=presentation").children(rest)))
    } else {
        listbox.child(group("hn-best", heading).child(el("div.card role=presentation").children(options)))
    }
}

fn option(app: App, place: usize, hit: &Hit, best: bool) -> El {
    let article = hit.article;
    let title = app.peek(|state| state.library.title(article).to_owned());
    el(if best { "div.row.hit.best role=option" } else { "div.row.hit role=option" })
        .attr("id", &["hn-hit-", &place.to_string()].concat())
        .says("aria-selected", move || app.see(Cue::Active, |state| state.active) == place)
        // The focus stays in the search field, as the pattern wants it.
        .on("mousedown", |event| event.prevent_default())
        .on("click", move |_| app.open(article))
        .child(el("span.words").child(marked("span.title", &title, &hit.title_ranges)).child(marked(
            "span.gist",
            &hit.snippet,
            &hit.snippet_ranges,
        )))
        .child(icon("next"))
}

/// A text with its highlight ranges marked; ranges that do not fit the text are left out.
fn marked(spec: &str, text: &str, marks: &[(u32, u32)]) -> El {
    let mut out = el(spec);
    let mut at = 0;
    for mark in marks {
        let (start, end) = (mark.0 as usize, mark.1 as usize);
        if let (Some(before), Some(inside)) = (text.get(at..start), text.get(start..end)) {
            if !before.is_empty() {
                out = out.text(before);
            }
            out = out.child(el("mark").text(inside));
            at = end;
        }
    }
    out.text(text.get(at..).unwrap_or_default())
}

/// Hits that may not be it: a person is one press away.
fn unsure(app: App) -> El {
    contact::offer(app, app.say(Msg::UnsureHint))
}

fn nothing(app: App) -> El {
    let words = move || fill(&app.say(Msg::NoHits), "q", app.see(Cue::Search, |state| state.query.clone()).trim());
    div("empty")
        .child(icon("none"))
        .child(el("p.strong").live_text(words))
        .child(el("p.quiet").say(app, Msg::NoHitsHint))
        .child(contact::buttons(app))
        .child(
            button("text", move || {
                super::home::empty(app);
            })
            .say(app, Msg::Clear),
        )
}
