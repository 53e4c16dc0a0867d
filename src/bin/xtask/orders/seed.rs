//! The orders that the demo begins with; the same as the shop's own pages know.

use jiff::Zoned;

/// Who ordered them.
pub const EMAIL: &str = "demo@tarnandthread.example";

/// How far an order came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Placed,
    Packed,
    Moving,
    Late,
    Delivered,
    Cancelled,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Packed => "packed",
            Self::Moving => "moving",
            Self::Late => "late",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Something ordered.
pub struct Line {
    pub slug: &'static str,
    pub qty: u32,
}

/// An order.
pub struct Order {
    pub number: String,
    pub email: String,
    pub stage: Stage,
    /// How many days ago it came so far.
    pub days: i64,
    pub lines: Vec<Line>,
    pub address: String,
}

impl Order {
    /// The day on which it came so far, as the language writes it.
    pub fn since(&self, lang: &str) -> String {
        let day = Zoned::now().date().saturating_sub(jiff::Span::new().days(self.days));
        let form = match lang {
            "de" | "ro" => "%d.%m.%Y",
            "fr" | "pt" => "%d/%m/%Y",
            _ => "%-d %B %Y",
        };
        day.strftime(form).to_string()
    }
}

pub fn orders() -> Vec<Order> {
    let one = |number: &str, stage, days, slugs: &[&'static str]| Order {
        number: number.to_owned(),
        email: EMAIL.to_owned(),
        stage,
        days,
        lines: slugs.iter().map(|slug| Line { slug, qty: 1 }).collect(),
        address: "Oudegracht 1, 3511 AB Utrecht".to_owned(),
    };
    vec![
        one("TT-205001", Stage::Placed, 0, &["tarn-knit-jumper"]),
        one("TT-204815", Stage::Packed, 0, &["cairn-knit-beanie", "pocket-hip-bag"]),
        one("TT-204711", Stage::Moving, 2, &["fell-rain-jacket"]),
        one("TT-204102", Stage::Late, 10, &["ghyll-walking-boots"]),
        one("TT-203990", Stage::Delivered, 6, &["tarn-knit-jumper", "wander-daypack"]),
        one("TT-201007", Stage::Delivered, 90, &["harrow-waxed-jacket"]),
    ]
}

/// Six digits that nobody can guess.
pub fn code() -> String {
    let mut bytes = [0; 4];
    // Without a source of randomness there is no code, and none can be right.
    if getrandom::fill(&mut bytes).is_err() {
        return String::new();
    }
    format!("{:06}", u32::from_le_bytes(bytes) % 1_000_000)
}
