//! When to try again: exponential, with full jitter, so that a thousand browsers that lost the
//! inbox at once do not come back at once.

/// Longest wait before the first retry, in milliseconds: a blink of the network is not felt.
const BASE_MS: u32 = 1_000;

/// Longest wait between two tries, in milliseconds. Raising it spares a troubled inbox; lowering it
/// brings the answer back sooner after a long outage.
const CAP_MS: u32 = 30_000;

/// Shortest wait, in milliseconds, lest a die of zero makes a hot loop.
const FLOOR_MS: u32 = 150;

/// Longest `Retry-After` that is obeyed, in seconds: a wrong clock must not silence us for a day.
const MAX_RETRY_AFTER_S: u32 = 300;

/// Milliseconds to wait before try `attempt` (from 1), by a throw of a 32-bit die; never sooner
/// than the inbox asked for.
#[must_use]
pub fn delay_ms(attempt: u32, die: u32, retry_after_s: Option<u32>) -> u32 {
    let ceiling = BASE_MS.saturating_mul(1 << attempt.saturating_sub(1).min(5)).min(CAP_MS);
    let thrown = ((u64::from(die) * u64::from(ceiling)) >> 32) as u32;
    let asked = retry_after_s.map_or(0, |seconds| seconds.min(MAX_RETRY_AFTER_S) * 1_000);
    // The jitter comes on top of what the inbox asked for, else all would return in one second.
    if asked > 0 { asked + thrown.min(BASE_MS) } else { thrown.max(FLOOR_MS) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ceilings_double_up_to_the_cap() {
        let ceilings: Vec<u32> = (1..9).map(|attempt| delay_ms(attempt, u32::MAX, None).div_ceil(1_000)).collect();
        assert_eq!(ceilings, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(delay_ms(1, 0, None), FLOOR_MS);
        assert_eq!(delay_ms(1, 0, Some(7)), 7_000);
        assert_eq!(delay_ms(1, 0, Some(u32::MAX)), 300_000);
    }

    proptest! {
        #[test]
        fn always_within_bounds(attempt in any::<u32>(), die in any::<u32>(), asked in any::<Option<u32>>()) {
            let ms = delay_ms(attempt, die, asked);
            prop_assert!((FLOOR_MS..=MAX_RETRY_AFTER_S * 1_000 + BASE_MS).contains(&ms));
        }

        #[test]
        fn jitter_spreads_over_the_whole_wait(attempt in 1u32..8) {
            let low = delay_ms(attempt, u32::MAX / 10, None);
            let high = delay_ms(attempt, u32::MAX / 10 * 9, None);
            prop_assert!(high > low * 3);
        }
    }
}
