//! The one clock. Every other part takes time as an argument.

use namekeep_model::Timestamp;

/// Where a drive loop gets its time from, and how it waits.
pub trait Clock {
    /// The present instant.
    fn now(&self) -> Timestamp;

    /// Waits until an instant; the only wait of a drive loop. A clock that cannot wait says so, and
    /// the loop returns to its caller.
    fn sleep_until(&mut self, until: Timestamp) -> bool;
}

/// The machine's clock, for live work. It never waits: a live run is looked at again when it is due.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep_until(&mut self, _until: Timestamp) -> bool {
        false
    }
}

/// A simulated calendar: waiting moves it, at most to its horizon.
#[derive(Clone, Copy, Debug)]
pub struct SimClock {
    now: Timestamp,
    horizon: Timestamp,
}

impl SimClock {
    /// Starts a calendar at an instant, with no horizon.
    pub const fn at(now: Timestamp) -> Self {
        Self { now, horizon: Timestamp::MAX }
    }

    /// Starts a calendar that moves no further than a horizon.
    pub const fn between(now: Timestamp, horizon: Timestamp) -> Self {
        Self { now, horizon }
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        self.now
    }

    fn sleep_until(&mut self, until: Timestamp) -> bool {
        // Monotone: a wait that is already over takes no time.
        let moved = until <= self.horizon;
        self.now = self.now.max(until.min(self.horizon));
        moved
    }
}
