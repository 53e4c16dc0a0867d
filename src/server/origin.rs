//! Which pages may talk to the inbox: its own, and those the merchant allows.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// The origins allowed besides our own.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    allowed: Vec<String>,
}

impl Origins {
    /// From a list such as `https://shop.example`; `*` allows all.
    #[must_use]
    pub fn new(allowed: &[String]) -> Self {
        let tidy = |origin: &String| origin.trim_end_matches('/').to_ascii_lowercase();
        Origins { allowed: allowed.iter().map(tidy).collect() }
    }

    /// Whether a page of this origin may call the API; requests that name none come from no
    /// foreign page, unless the browser says so by other means.
    #[must_use]
    pub fn allows_request(&self, headers: &HeaderMap) -> bool {
        match origin(headers) {
            Some(origin) => self.allows(origin, headers),
            None => headers.get("sec-fetch-site").is_none_or(|site| site != "cross-site"),
        }
    }

    /// Whether a page of this origin may open a socket; browsers always name theirs.
    #[must_use]
    pub fn allows_socket(&self, headers: &HeaderMap) -> bool {
        origin(headers).is_some_and(|origin| self.allows(origin, headers))
    }

    fn allows(&self, origin: &str, headers: &HeaderMap) -> bool {
        let origin = origin.to_ascii_lowercase();
        is_own(&origin, headers)
            || self.allowed.iter().any(|allowed| allowed == "*" && origin != "null" || *allowed == origin)
    }
}

/// Whether the request comes from one of our own pages; what changes an agent's data must.
#[must_use]
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    match origin(headers) {
        Some(origin) => is_own(&origin.to_ascii_lowercase(), headers),
        None => headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin"),
    }
}

/// Headers that let an allowed page of another origin read the answer.
#[must_use]
pub fn cors_headers(headers: &HeaderMap, preflight: bool) -> Vec<(HeaderName, HeaderValue)> {
    let mut out = vec![(header::VARY, HeaderValue::from_static("Origin"))];
    if let Some(origin) = headers.get(header::ORIGIN) {
        out.push((header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone()));
        out.push((header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After")));
    }
    if preflight {
        let fixed = HeaderValue::from_static;
        out.push((header::ACCESS_CONTROL_ALLOW_METHODS, fixed("GET, PUT, DELETE")));
        out.push((header::ACCESS_CONTROL_ALLOW_HEADERS, fixed("Authorization, Content-Type")));
        out.push((header::ACCESS_CONTROL_MAX_AGE, fixed("86400")));
    }
    out
}

fn origin(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or("null"))
}

/// Whether the origin's host and port are those asked for; the scheme is left out because a proxy
/// in front may end TLS.
fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_ascii_lowercase);
    let named = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    named.is_some() && named == host.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(rows: &[(&str, &str)]) -> HeaderMap {
        rows.iter()
            .filter_map(|(name, value)| Some((name.parse::<HeaderName>().ok()?, value.parse::<HeaderValue>().ok()?)))
            .collect()
    }

    #[test]
    fn own_listed_foreign_and_none() {
        let origins = Origins::new(&["https://shop.example/".to_owned()]);
        for (origin, may) in [
            ("https://help.example", true),
            ("http://HELP.example", true),
            ("https://shop.example", true),
            ("http://shop.example", false),
            ("https://shop.example.evil.test", false),
            ("https://evil.test", false),
            ("null", false),
        ] {
            let headers = headers(&[("host", "help.example"), ("origin", origin)]);
            assert_eq!(origins.allows_request(&headers), may, "{origin}");
            assert_eq!(origins.allows_socket(&headers), may, "{origin}");
        }
        let none = headers(&[("host", "help.example")]);
        assert!(origins.allows_request(&none));
        assert!(!origins.allows_socket(&none));
        assert!(!origins.allows_request(&headers(&[("host", "help.example"), ("sec-fetch-site", "cross-site")])));
    }

    #[test]
    fn all_but_null() {
        let origins = Origins::new(&["*".to_owned()]);
        assert!(origins.allows_socket(&headers(&[("origin", "https://any.test")])));
        assert!(!origins.allows_socket(&headers(&[("origin", "null")])));
    }
}
