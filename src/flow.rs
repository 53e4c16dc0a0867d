//! What a guided flow is: steps that ask, choose, call the shop and say what came of it; plain data
//! in one language, made by the builder and walked by [`crate::chat::flow`].

/// A guided flow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flow {
    /// Stable name, the same in every language.
    pub id: String,
    /// What it does, as a shopper would put it: "Track my order".
    pub title: String,
    /// One line about it; may be empty.
    pub summary: String,
    /// Bits of the [`crate::page::PageType`]s on which it is offered.
    pub pages: u32,
    /// Ids of the articles that offer it.
    pub articles: Vec<String>,
    /// Its steps; the first is where it begins.
    pub steps: Vec<Step>,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name; what was answered here has the same one.
    pub id: String,
    /// What it does.
    pub kind: Kind,
    /// Where it leads, unless its kind says otherwise.
    pub go: Go,
}

/// Where a flow goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Go {
    /// At that step of the same flow.
    Step(u32),
    /// Nowhere: it is over.
    End,
    /// With a person.
    Person,
    /// With an article, by its id.
    Article(String),
    /// With another flow, by its id.
    Flow(String),
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Says something.
    Say {
        /// The text, a template.
        text: String,
        /// What it claims to have come of it.
        claim: Claim,
        /// A list of the shop's answer to show below.
        items: Option<Items>,
    },
    /// Asks for a text.
    Ask {
        /// The question, a template.
        text: String,
        /// What a right answer looks like; may be empty.
        hint: String,
        /// What is asked for.
        input: Input,
        /// The form of an order number or code: `9` a digit, `A` a letter, anything else itself; may be empty.
        pattern: String,
        /// A fact of the page that may be the answer; may be empty.
        fact: String,
        /// Whether the answer is shown to nobody and kept nowhere.
        private: bool,
    },
    /// Asks for one of several things.
    Choose {
        /// The question, a template.
        text: String,
        /// What can be chosen.
        options: Vec<Choice>,
        /// Or else: the entries of a list of the shop's answer.
        each: Option<Items>,
    },
    /// Asks the shop's own program.
    Call {
        /// What is said meanwhile, a template.
        text: String,
        /// Its address: `https:` or a path of the shop.
        url: String,
        /// Names of the answers and facts that it is sent.
        send: Vec<String>,
        /// How long an answer may take, in seconds.
        timeout_s: u32,
        /// How often a request without an answer is sent again, under the same id.
        retries: u32,
        /// Where each result leads.
        ways: Vec<(String, Go)>,
    },
    /// Goes on by what is known: the first branch that holds, else the step's own way.
    When {
        /// The branches.
        branches: Vec<(Vec<Test>, Go)>,
    },
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the answer is then.
    pub value: String,
    /// What the shopper reads.
    pub label: String,
    /// What must be so for it to be offered.
    pub when: Vec<Test>,
    /// Where it leads; `None` is the step's own way.
    pub go: Option<Go>,
}

/// A list out of the shop's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Items {
    /// Which: `step.list`.
    pub list: String,
    /// What is shown of an entry, a template of its fields.
    pub label: String,
    /// What is answered by choosing it, or the address that it leads to: a template too.
    pub value: String,
}

/// A condition on a fact or an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// The fact or answer.
    pub name: String,
    /// Whether it must not be so.
    pub not: bool,
    /// What it must be; empty is anything at all.
    pub value: String,
}

/// What a text claims to have come of it. The shop's result must say the same, or nothing is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Claim {
    /// Nothing.
    #[default]
    None = 0,
    /// It is done.
    Done = 1,
    /// It was asked for; somebody or something will do it.
    Requested = 2,
    /// The shop said no.
    Refused = 3,
}

impl Claim {
    /// Every one, in the order of its number.
    pub const ALL: [Self; 4] = [Self::None, Self::Done, Self::Requested, Self::Refused];

    /// Its name in content and in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Done => "done",
            Self::Requested => "requested",
            Self::Refused => "refused",
        }
    }

    /// What a result of the shop amounts to: `refused` and `refused-too-late` are refusals, `found`
    /// claims nothing.
    #[must_use]
    pub fn of_result(result: &str) -> Self {
        let word = result.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|claim| claim.name() == word).unwrap_or_default()
    }
}

macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What an [`Kind::Ask`] asks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Input { $($(#[$doc])* $name,)* }

        impl Input {
            /// Every one, in the order of its number.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name in content.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

inputs! {
    /// Any words.
    Text = "text",
    /// An e-mail address.
    Email = "email",
    /// The number of an order.
    OrderNumber = "order-number",
    /// A code that was sent.
    Code = "code",
    /// A postcode.
    Postcode = "postcode",
    /// A telephone number.
    Phone = "phone",
    /// A whole number.
    Number = "number",
}

/// Facts of the page that a flow can know, besides what was answered in it.
pub const FACTS: &[&str] = &["page-type", "product", "order", "basket", "customer-state", "lang"];

/// The names in the `{places}` of a template, in order.
pub fn places(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// Whether an address may be called: `https:`, or a path of the shop itself.
#[must_use]
pub fn is_callable(url: &str) -> bool {
    let fits = url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/'))
        || url.starts_with('/') && !url.starts_with("//");
    fits && url.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_claim_no_more_than_their_first_word() {
        for (result, claim) in [
            ("done", Claim::Done),
            ("requested", Claim::Requested),
            ("refused-too-late", Claim::Refused),
            ("found", Claim::None),
            ("", Claim::None),
            ("doneish", Claim::None),
            ("un-done", Claim::None),
        ] {
            assert_eq!(Claim::of_result(result), claim, "{result}");
        }
    }

    #[test]
    fn only_the_shop_itself_or_https_is_called() {
        for good in ["/api/orders", "https://api.shop.example/orders?x=1"] {
            assert!(is_callable(good), "{good}");
        }
        for bad in [
            "http://shop.example/",
            "//evil.example/",
            "javascript:x",
            "orders",
            "",
            "https://",
            "/a b",
            "/\\evil",
            "https:///x",
        ] {
            assert!(!is_callable(bad), "{bad}");
        }
    }

    #[test]
    fn places_are_found_in_order() {
        assert_eq!(places("{a} of {b.c} {").collect::<Vec<_>>(), ["a", "b.c"]);
    }
}
