//! Instants as whole milliseconds, the unit every table of the store uses.
//!
//! Rounding never makes anything early: instants that happened are rounded down, instants to wait
//! for are rounded up.

use namekeep_model::Timestamp;

/// The millisecond an instant lies in.
pub(crate) fn floor_ms(at: Timestamp) -> i64 {
    // jiff truncates towards zero; before 1970 that would be up.
    at.as_millisecond() - i64::from(at.subsec_nanosecond() % 1_000_000 < 0)
}

/// The first millisecond that is not before an instant.
pub(crate) fn ceil_ms(at: Timestamp) -> i64 {
    at.as_millisecond() + i64::from(at.subsec_nanosecond() % 1_000_000 > 0)
}

/// The instant of a millisecond; a stored value outside the range of instants is clamped to it.
pub(crate) fn instant(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_never_rounded_to_an_earlier_instant() {
        for ns in [0_i128, 1, 999_999, 1_000_000, 1_000_001, -1, -999_999, -1_000_000, -1_000_001] {
            let at = Timestamp::from_nanosecond(ns).unwrap();
            assert!(instant(ceil_ms(at)) >= at, "{ns}");
            assert!(instant(floor_ms(at)) <= at, "{ns}");
            assert!(ceil_ms(at) - floor_ms(at) <= 1, "{ns}");
        }
    }
}
