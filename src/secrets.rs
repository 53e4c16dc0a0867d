//! Values that look like secrets: nothing that a shopper's browser is given may hold one.

/// Well-known beginnings of secrets, how many characters must follow, and what they are.
const STARTS: &[(&str, usize, &str)] = &[
    ("sk-", 16, "an AI provider's secret key"),
    ("sk_live_", 8, "a Stripe secret key"),
    ("sk_test_", 8, "a Stripe secret key"),
    ("rk_live_", 8, "a Stripe restricted key"),
    ("whsec_", 8, "a webhook's signing secret"),
    ("xoxb-", 8, "a Slack token"),
    ("xoxp-", 8, "a Slack token"),
    ("ghp_", 20, "a GitHub token"),
    ("github_pat_", 20, "a GitHub token"),
    ("AKIA", 12, "an AWS access key"),
    ("shpat_", 16, "a Shopify admin token"),
    ("shpss_", 16, "a Shopify shared secret"),
    ("syt_", 16, "a Matrix access token"),
    ("-----BEGIN", 4, "a private key"),
    ("Bearer ", 8, "an access token"),
    ("Basic ", 8, "a user name with its password"),
    ("eyJ", 30, "a signed token"),
];

/// Names whose values are secrets whatever they look like.
const NAMES: &[&str] = &[
    "secret",
    "password",
    "passwd",
    "apikey",
    "accesstoken",
    "authtoken",
    "clientsecret",
    "signingkey",
    "privatekey",
    "apitoken",
    "hmac",
    "hmactoken",
    "bearer",
    "apisecret",
    "keysecret",
];

/// What secret a value looks like, when it does.
#[must_use]
pub fn looks_like(value: &str) -> Option<&'static str> {
    for word in value.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '=' | '&' | '?')) {
        if let Some(what) = word_looks_like(word) {
            return Some(what);
        }
    }
    // Those with a space in them.
    STARTS
        .iter()
        .filter(|(start, ..)| start.ends_with(' '))
        .find(|(start, more, _)| {
            let word = value.split_once(start).and_then(|(_, rest)| rest.split_whitespace().next()).unwrap_or_default();
            // Words of a sentence have neither digits nor capitals inside.
            word.len() >= *more
                && word.bytes().skip(1).any(|b| b.is_ascii_digit() || b.is_ascii_uppercase() || b == b'=')
        })
        .map(|(.., what)| *what)
}

fn word_looks_like(word: &str) -> Option<&'static str> {
    for (start, more, what) in STARTS {
        if word.strip_prefix(start).is_some_and(|rest| rest.len() >= *more) {
            return Some(what);
        }
    }
    if let Some((_, rest)) = word.split_once("://") {
        let host = rest.split('/').next().unwrap_or_default();
        return host.split_once('@').is_some_and(|(user, _)| user.contains(':')).then_some("a password in an address");
    }
    if word.contains("/token:") {
        return Some("a Zendesk API token");
    }
    let hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    // Twilio: an API key (SK…) is half a secret; a bare 32 digits is an auth token. CV…, CH…, AC… are no secrets.
    if word.len() == 34 && word.starts_with("SK") && word.get(2..).is_some_and(hex) {
        return Some("a Twilio API key");
    }
    if matches!(word.len(), 32 | 40 | 48 | 64 | 128) && hex(word) && word.bytes().any(|b| b.is_ascii_digit()) {
        return Some("a token or a hash's secret");
    }
    let random = word.len() >= 40
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+'))
        && word.bytes().filter(u8::is_ascii_digit).count() >= 4
        && word.bytes().filter(u8::is_ascii_uppercase).count() >= 4
        && word.bytes().filter(u8::is_ascii_lowercase).count() >= 4;
    random.then_some("a random token")
}

/// Whether a setting of that name holds a secret.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    NAMES.iter().any(|secret| plain == *secret || plain.ends_with("secret") || plain.ends_with("password"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_shape() {
        for secret in [
            concat!("sk-", "proj-abcdefghijklmnopqrstuvwx"),
            concat!("SK", "0123456789abcdef0123456789abcdef"),
            "0123456789abcdef0123456789abcdef",
            "ada@example.com/token:abcdef",
            "https://user:pass@shop.example/x",
            "Authorization: Bearer abcdefgh12345",
            "Basic YWRhOmdlaGVpbTEy",
            concat!("eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"),
            "token=Zk3lQx9PqRsTuVwXyZ0123456789abCDefGHijKLmn",
        ] {
            assert!(looks_like(secret).is_some(), "{secret}");
        }
    }

    #[test]
    fn what_a_page_may_know_is_no_secret() {
        for open in [
            "CV0123456789abcdef0123456789abcdef",
            "https://help.shop.example/api?lang=en",
            "the bearer of this voucher 12345678",
            "Basic delivery takes three days",
            "sha384-abc",
            "a very-long-word-with-many-hyphens-but-neither-digits-nor-capitals",
            "TT-204711",
            "5e2b7c6a-9d3e-4d0f-8a6c-1f2e3d4c5b6a",
            "inbox:https://help.shop.example",
        ] {
            assert_eq!(looks_like(open), None, "{open}");
        }
    }

    #[test]
    fn names_tell_too() {
        for name in ["clientSecret", "api_key", "hmac-token", "smtp_password"] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["key", "deploymentKey", "websiteToken", "tokenUrl", "appId"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
