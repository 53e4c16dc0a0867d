//! The demo shop's order service: what a merchant's own program would be, in little. It holds four
//! sample orders and one just placed, sends "mail" to a page of its own, and does what the guided
//! flows ask for, or says why not.
//!
//! | path | answers | results |
//! | --- | --- | --- |
//! | `/shop-api/code` | order, email | sent · refused-too-often |
//! | `/shop-api/track` | order, email, code | placed, packed, moving, late, delivered, cancelled · wrong-code |
//! | `/shop-api/cancel` | order, email, code | done · refused-packed, refused-delivered, refused-cancelled · wrong-code |
//! | `/shop-api/address` | order, email, code, street, postcode, city | done, requested · refused-moving · wrong-code |
//! | `/shop-api/return-items` | order, email | found · refused-unknown, refused-not-delivered, refused-too-late |
//! | `/shop-api/return` | order, email, item, reason, wish | requested · refused-already, refused-too-late |
//! | `/shop-api/invoice`, `/shop-api/password` | (order,) email | requested: whether there is such an order or account is told to nobody |
//! | `/shop-api/advice` | kind, use, budget | found, none |
//! | `/shop-api/product`, `/shop-api/restock` | what(, size, email) | found, requested · refused-in-stock, unknown |
//!
//! A request that comes twice under one id is answered twice and done once.

mod goods;
mod mailbox;
mod seed;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use mailbox::Mail;
use seed::{Order, Stage};

/// Tries with codes, or letters asked for, from one address before it has to wait.
const MOST_TRIES: u32 = 8;

/// How long a return is possible after delivery, in days.
const RETURN_DAYS: i64 = 60;

/// All that the shop remembers.
pub struct Shop {
    orders: Vec<Order>,
    catalogue: Value,
    mails: Vec<Mail>,
    /// One-time codes by order number.
    codes: HashMap<String, String>,
    tries: HashMap<String, u32>,
    returns: Vec<(String, String)>,
    /// Answers by the id of their request.
    answered: HashMap<String, Value>,
}

type Shared = Arc<Mutex<Shop>>;

/// The service with its mailbox, for the server to serve beside its own.
pub fn router(catalogue: Value) -> Router {
    let shop = Shop {
        orders: seed::orders(),
        catalogue,
        mails: Vec::new(),
        codes: HashMap::new(),
        tries: HashMap::new(),
        returns: Vec::new(),
        answered: HashMap::new(),
    };
    Router::new()
        .route("/shop-api/{what}", post(answer))
        .route("/mailbox/", get(mailbox::page))
        .with_state(Arc::new(Mutex::new(shop)))
}

fn lock(shop: &Shared) -> MutexGuard<'_, Shop> {
    shop.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A request of a flow, as the widget sends it.
struct Asked<'a> {
    answers: &'a Value,
    lang: &'a str,
}

impl Asked<'_> {
    fn get(&self, name: &str) -> &str {
        self.answers[name].as_str().unwrap_or_default()
    }
}

async fn answer(
    State(shop): State<Shared>,
    Path(what): Path<String>,
    Json(body): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let mut shop = lock(&shop);
    let id = body["id"].as_str().unwrap_or_default().to_owned();
    if let Some(before) = shop.answered.get(&id) {
        return (StatusCode::OK, Json(before.clone()));
    }
    let asked = Asked { answers: &body["answers"], lang: body["lang"].as_str().unwrap_or("en") };
    let Some(answer) = shop.answer(&what, &asked) else {
        return (StatusCode::NOT_FOUND, Json(json!({"error": "no such service"})));
    };
    if !id.is_empty() {
        shop.answered.insert(id, answer.clone());
    }
    (StatusCode::OK, Json(answer))
}

impl Shop {
    fn answer(&mut self, what: &str, asked: &Asked<'_>) -> Option<Value> {
        Some(match what {
            "code" => self.code(asked),
            "track" => self.verified(asked, Self::track),
            "cancel" => self.verified(asked, Self::cancel),
            "address" => self.verified(asked, Self::address),
            "return-items" => self.return_items(asked),
            "return" => self.send_back(asked),
            "invoice" => self.invoice(asked),
            "password" => self.password(asked),
            "advice" => goods::advice(&self.catalogue, asked),
            "product" => goods::product(&self.catalogue, asked),
            "restock" => self.restock(asked),
            _ => return None,
        })
    }

    fn find(&self, asked: &Asked<'_>) -> Option<usize> {
        let email = asked.get("email").to_lowercase();
        self.orders.iter().position(|order| order.number == asked.get("order") && order.email == email)
    }

    /// Whether an address has asked too often; counts the try.
    fn too_often(&mut self, asked: &Asked<'_>) -> bool {
        let tries = self.tries.entry(asked.get("email").to_lowercase()).or_default();
        *tries += 1;
        *tries > MOST_TRIES
    }

    fn mail(&mut self, to: &str, subject: String, text: String) {
        self.mails.push(Mail { to: to.to_owned(), subject, text });
    }

    fn code(&mut self, asked: &Asked<'_>) -> Value {
        if self.too_often(asked) {
            return json!({"result": "refused-too-often"});
        }
        if self.find(asked).is_some() {
            let code = seed::code();
            let order = asked.get("order").to_owned();
            self.mail(
                asked.get("email"),
                format!("Your code for order {order}"),
                format!("Your code is {code}. It holds for one order and until the next one is sent."),
            );
            self.codes.insert(order, code);
        }
        json!({"result": "sent"})
    }

    /// Does something for whoever has the order's code.
    fn verified(&mut self, asked: &Asked<'_>, then: fn(&mut Self, usize, &Asked<'_>) -> Value) -> Value {
        let right = self.codes.get(asked.get("order")).is_some_and(|code| code == asked.get("code"));
        match self.find(asked) {
            Some(order) if right => then(self, order, asked),
            _ if self.too_often(asked) => json!({"result": "refused-too-often"}),
            _ => json!({"result": "wrong-code"}),
        }
    }

    fn track(&mut self, order: usize, asked: &Asked<'_>) -> Value {
        let Some(order) = self.orders.get(order) else { return json!({"result": "wrong-code"}) };
        json!({
            "result": order.stage.name(),
            "since": order.since(asked.lang),
            "carrier": "Dovepost",
            "lines": goods::lines(&self.catalogue, &order.lines, asked.lang),
        })
    }

    fn cancel(&mut self, order: usize, _: &Asked<'_>) -> Value {
        let Some(order) = self.orders.get_mut(order) else { return json!({"result": "wrong-code"}) };
        match order.stage {
            Stage::Placed => {
                order.stage = Stage::Cancelled;
                let (email, number) = (order.email.clone(), order.number.clone());
                self.mail(&email, format!("Order {number} is cancelled"), "Nothing is charged.".to_owned());
                json!({"result": "done"})
            }
            Stage::Cancelled => json!({"result": "refused-cancelled"}),
            Stage::Delivered => json!({"result": "refused-delivered"}),
            Stage::Packed | Stage::Moving | Stage::Late => json!({"result": "refused-packed"}),
        }
    }

    fn address(&mut self, order: usize, asked: &Asked<'_>) -> Value {
        let Some(order) = self.orders.get_mut(order) else { return json!({"result": "wrong-code"}) };
        let address = format!("{}, {} {}", asked.get("street"), asked.get("postcode"), asked.get("city"));
        match order.stage {
            Stage::Placed => {
                order.address = address;
                json!({"result": "done"})
            }
            // The warehouse may be in time, or not: nobody knows yet.
            Stage::Packed => json!({"result": "requested"}),
            _ => json!({"result": "refused-moving"}),
        }
    }

    fn return_items(&mut self, asked: &Asked<'_>) -> Value {
        if self.too_often(asked) {
            return json!({"result": "refused-too-often"});
        }
        let Some(order) = self.find(asked).and_then(|order| self.orders.get(order)) else {
            return json!({"result": "refused-unknown"});
        };
        if order.stage != Stage::Delivered {
            json!({"result": "refused-not-delivered"})
        } else if order.days > RETURN_DAYS {
            json!({"result": "refused-too-late"})
        } else {
            json!({"result": "found", "lines": goods::lines(&self.catalogue, &order.lines, asked.lang)})
        }
    }

    fn send_back(&mut self, asked: &Asked<'_>) -> Value {
        let Some(order) = self.find(asked).and_then(|order| self.orders.get(order)) else {
            return json!({"result": "refused-too-late"});
        };
        let has = order.lines.iter().any(|line| line.slug == asked.get("item"));
        if order.stage != Stage::Delivered || order.days > RETURN_DAYS || !has {
            return json!({"result": "refused-too-late"});
        }
        let key = (order.number.clone(), asked.get("item").to_owned());
        if self.returns.contains(&key) {
            return json!({"result": "refused-already"});
        }
        self.returns.push(key);
        let number = format!("R-{:05}", 40_000 + self.returns.len());
        self.mail(
            asked.get("email"),
            format!("Label for return {number}"),
            format!(
                "Order {}: {} ({}), wish: {}.",
                asked.get("order"),
                asked.get("item"),
                asked.get("reason"),
                asked.get("wish")
            ),
        );
        json!({"result": "requested", "number": number})
    }

    fn invoice(&mut self, asked: &Asked<'_>) -> Value {
        if self.too_often(asked) {
            return json!({"result": "refused-too-often"});
        }
        if self.find(asked).is_some() {
            self.mail(
                asked.get("email"),
                format!("Invoice for order {}", asked.get("order")),
                "The invoice is attached.".to_owned(),
            );
        }
        json!({"result": "requested"})
    }

    fn password(&mut self, asked: &Asked<'_>) -> Value {
        if self.too_often(asked) {
            return json!({"result": "refused-too-often"});
        }
        if asked.get("email").eq_ignore_ascii_case(seed::EMAIL) {
            self.mail(
                asked.get("email"),
                "Choose a new password".to_owned(),
                format!("Within 60 minutes: /account/forgot/?token={}", seed::code()),
            );
        }
        json!({"result": "requested"})
    }

    fn restock(&mut self, asked: &Asked<'_>) -> Value {
        if self.too_often(asked) {
            return json!({"result": "refused-too-often"});
        }
        let found = goods::product(&self.catalogue, asked);
        let wanted = |size: &Value| size["name"] == asked.get("size");
        if found["sizes"].as_array().is_some_and(|sizes| sizes.iter().any(wanted)) {
            self.mail(
                asked.get("email"),
                "We will tell you".to_owned(),
                format!("{} in {}", found["name"].as_str().unwrap_or_default(), asked.get("size")),
            );
            json!({"result": "requested"})
        } else {
            json!({"result": "refused-in-stock"})
        }
    }
}
