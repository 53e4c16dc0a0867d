//! What a guided flow can do for the shopper here and now, as buttons.

use super::app::App;
use super::el::{El, button, div, el};
use crate::strings::Msg;

/// Most that stand together.
const MOST: usize = 4;

/// The flows that articles offer; without articles those of the page, and then any others.
pub fn view(app: App, articles: &[u32]) -> El {
    let (n, list) = app.peek(|state| {
        let page = state.advice.as_ref().map_or(0, |advice| advice.page.bit());
        let (mut n, mut list) = (0, el("ul.choices role=list"));
        for others in [false, true] {
            for head in &state.library.flows {
                let belongs = if articles.is_empty() {
                    (head.pages & page == 0) == others
                } else {
                    !others && head.articles.iter().any(|number| articles.contains(number))
                };
                if belongs && n < MOST {
                    n += 1;
                    let id = head.id.clone();
                    let name = ["hn-flow-", &id].concat();
                    let press = button("choice", move || app.begin(&id)).attr("id", &name).text(&head.title);
                    list = list.child(el("li").child(press));
                }
            }
        }
        (n, list)
    });
    if n == 0 {
        return div("nothing").attr("hidden", "");
    }
    let heading = el("h3.label id=hn-doing").say(app, Msg::FlowOffer);
    el("section.group.doing aria-labelledby=hn-doing").child(heading).child(list)
}
