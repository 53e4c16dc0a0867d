//! Token buckets: how often somebody may do something.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::refuse::Refuse;

/// Buckets kept before the full ones are swept out; bounds memory under a flood of addresses.
const SWEEP_AT: usize = 20_000;

/// One bucket for each key.
pub struct Rate<K> {
    per_s: f64,
    burst: f64,
    buckets: Mutex<HashMap<K, (f64, Instant)>>,
}

impl<K: Hash + Eq> Rate<K> {
    /// Lets `per_s` a second pass in the long run, `burst` at once.
    #[must_use]
    pub fn new(per_s: f64, burst: f64) -> Self {
        Rate { per_s, burst: burst.max(1.0), buckets: Mutex::new(HashMap::new()) }
    }

    /// Takes one.
    ///
    /// # Errors
    /// When there is none left; says when there will be.
    pub fn take(&self, key: K) -> Result<(), Refuse> {
        self.take_at(key, Instant::now())
    }

    fn take_at(&self, key: K, now: Instant) -> Result<(), Refuse> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let filled = |(left, since): (f64, Instant)| {
            (left + now.saturating_duration_since(since).as_secs_f64() * self.per_s).min(self.burst)
        };
        if buckets.len() >= SWEEP_AT {
            buckets.retain(|_, bucket| filled(*bucket) < self.burst);
        }
        let bucket = buckets.entry(key).or_insert((self.burst, now));
        let left = filled(*bucket);
        if left < 1.0 {
            *bucket = (left, now);
            let wait_s = ((1.0 - left) / self.per_s.max(f64::MIN_POSITIVE)).ceil().clamp(1.0, 3600.0);
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped above")]
            return Err(Refuse::RateLimited(wait_s as u32));
        }
        *bucket = (left - 1.0, now);
        Ok(())
    }
}

/// What counts as one address: a host of IPv4, a /64 of IPv6.
#[must_use]
pub fn address_key(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u64::from(u32::from(v4)),
        IpAddr::V6(v6) => u64::try_from(u128::from(v6) >> 64).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn burst_then_pace() {
        let rate = Rate::new(0.5, 2.0);
        let start = Instant::now();
        assert_eq!(rate.take_at("a", start), Ok(()));
        assert_eq!(rate.take_at("a", start), Ok(()));
        assert_eq!(rate.take_at("a", start), Err(Refuse::RateLimited(2)));
        assert_eq!(rate.take_at("b", start), Ok(()));
        assert_eq!(rate.take_at("a", start + Duration::from_secs(2)), Ok(()));
    }

    #[test]
    fn a_v6_network_is_one_address() {
        let key = |text: &str| text.parse::<IpAddr>().map(address_key);
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:2"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    }
}
