//! The portfolio as a table: a filter, an order, a limit; and what is not known of it.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use namekeep_model::{Level, Timestamp};
use namekeep_rules::Rulebook;
use namekeep_store::{NameRow, Order, Page, Store};

use super::Line;
use crate::Failure;

/// Rows read at once: every page costs the same, and memory does not grow with the portfolio.
const PAGE: usize = 1_000;

/// What is asked of a portfolio.
#[derive(Clone, Copy, Debug)]
pub struct ListAsk<'a> {
    /// Keeps names that contain this text, in either form.
    pub filter: Option<&'a str>,
    /// The order.
    pub order: Order,
    /// Most lines.
    pub limit: usize,
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// The lines, at most as many as were asked for.
    pub lines: Vec<Line>,
    /// Names in the portfolio.
    pub total: u64,
    /// Names that fit the filter.
    pub matched: u64,
    /// The fitting names by their gravest level.
    pub levels: BTreeMap<Level, u64>,
    /// Fitting names without a date that counts.
    pub undated: u64,
    /// The oldest and the newest reading of the lines shown.
    pub read_between: Option<(Timestamp, Timestamp)>,
}

/// Lists a portfolio at an instant.
pub async fn list<S: Store>(
    store: &S,
    rules: &Rulebook,
    zone: &TimeZone,
    ask: ListAsk<'_>,
    now: Timestamp,
) -> Result<Listing, Failure> {
    let wanted = ask.filter.map(str::to_lowercase);
    let fits = |row: &NameRow| {
        let has = |text: &str| wanted.as_deref().is_none_or(|wanted| text.contains(wanted));
        has(row.name.a_label()) || (row.name.is_idn() && has(&row.name.u_label()))
    };
    let mut listing = Listing::default();
    let mut after: Option<NameRow> = None;
    loop {
        let page = store.names(Page { order: ask.order, after: after.as_ref(), limit: PAGE }).await?;
        let full = page.len() == PAGE;
        for row in page.iter().filter(|row| fits(row)) {
            listing.matched += 1;
            *listing.levels.entry(row.summary.level).or_default() += 1;
            listing.undated += u64::from(row.summary.counts_on.is_none());
            if listing.lines.len() < ask.limit {
                // Removed in between by nobody: this process holds the store alone.
                if let Some(record) = store.name(&row.name).await? {
                    listing.push(Line::of(&record, rules, now, zone)?);
                }
            }
        }
        listing.total += page.len() as u64;
        after = page.into_iter().last();
        if !full {
            return Ok(listing);
        }
    }
}

impl Listing {
    fn push(&mut self, line: Line) {
        if let Some(at) = line.seen {
            let (oldest, newest) = self.read_between.unwrap_or((at, at));
            self.read_between = Some((oldest.min(at), newest.max(at)));
        }
        self.lines.push(line);
    }
}
