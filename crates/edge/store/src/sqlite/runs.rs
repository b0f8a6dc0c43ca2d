//! Runs, journals, effects and questions as rows.

use namekeep_evidence::Hash;
use namekeep_evidence::merkle::Frontier;
use namekeep_model::{ActionId, EffectId, PersonId, RunId, RunKind, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use super::names::{bucket, damaged, keep, kept, name_of};
use super::open::classify;
use crate::effect::{may_intend, may_settle};
use crate::journal::{Tip, check_head, fits};
use crate::time::{ceil_ms, floor_ms, instant};
use crate::{
    Append, Appended, EffectMove, EffectRow, EffectState, Entry, Error, Journal, NewEntry, NewRun, RequestKind,
    RequestMove, RequestRow, Result, RunRow, RunState,
};

/// Writes the peaks of a frontier one behind the other.
pub(super) fn peaks_bytes(frontier: &Frontier) -> Vec<u8> {
    frontier.peaks().iter().flat_map(|hash| hash.0).collect()
}

/// Reads a frontier back.
pub(super) fn frontier(size: i64, peaks: &[u8]) -> Option<Frontier> {
    let (peaks, []) = peaks.as_chunks::<32>() else { return None };
    Frontier::from_parts(u64::try_from(size).ok()?, peaks.iter().copied().map(Hash).collect())
}

fn places(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A run as its row has it, with the row's own id.
struct Found {
    row: i64,
    bucket: i64,
    run: RunRow,
    tip: Tip,
}

/// Wake-ups that have come. Ties stand in the order of ids: `RET` is behind `REN` in SQL, before it in the model.
pub(super) const DUE: &str = "SELECT kind, number FROM run WHERE ws = ?1 AND ended = 0 AND wake_at IS NOT NULL \
    AND wake_at <= ?2 ORDER BY wake_at, kind DESC, number LIMIT ?3";

/// Attempts that may have been sent. The partial index holds nothing else, so the cost is theirs alone.
pub(super) const UNSETTLED: &str = "SELECT run.kind, run.number, action, attempt, state, request, deadline_at, epoch \
    FROM effect INDEXED BY effect_unsettled JOIN run ON run.id = effect.run \
    WHERE effect.ws = ?1 AND state IN ('intent', 'unknown')";

/// Questions without an answer.
pub(super) const OPEN_REQUESTS: &str = "SELECT request.id, run.kind, run.number, request.kind, assignee, opened_at, due_at, \
    body FROM request JOIN run ON run.id = request.run WHERE request.ws = ?1 AND closed = 0 ORDER BY due_at, request.id";

/// Open runs, after [`COLUMNS`].
pub(super) const OPEN: &str = "WHERE ws = ?1 AND ended = 0 ORDER BY kind, number";

/// The start of every statement that reads runs.
pub(super) const COLUMNS: &str =
    "SELECT id, bucket, kind, number, a_label, plan, ended, wake_at, size, peaks, at FROM run ";

fn found(row: &Row<'_>) -> rusqlite::Result<Result<Found>> {
    let (kind, number, label) = (row.get_ref(2)?.as_str()?, row.get::<_, i64>(3)?, row.get_ref(4)?.as_str()?);
    let (plan, ended, wake_at): ([u8; 32], bool, Option<i64>) = (row.get(5)?, row.get(6)?, row.get(7)?);
    let (size, peaks, at) = (row.get(8)?, row.get_ref(9)?.as_blob()?, row.get(10)?);
    let read = || {
        let id = run_id(kind, number)?;
        let tip = Tip { frontier: frontier(size, peaks)?, at };
        let state = if ended { RunState::Ended } else { RunState::Open { wake_at: wake_at.map(instant) } };
        let name = name_of(label).ok()?;
        Some((RunRow { id, name, plan: Hash(plan), state, head: tip.head(), at: instant(at) }, tip))
    };
    let (row, bucket) = (row.get(0)?, row.get(1)?);
    Ok(read().map(|(run, tip)| Found { row, bucket, run, tip }).ok_or_else(|| damaged("run")))
}

fn run_id(prefix: &str, number: i64) -> Option<RunId> {
    let kind = [RunKind::Retire, RunKind::Renew].into_iter().find(|kind| kind.prefix() == prefix)?;
    Some(RunId { kind, number: u32::try_from(number).ok()? })
}

fn find(conn: &Connection, ws: i64, run: RunId) -> Result<Option<Found>> {
    let sql = format!("{COLUMNS}WHERE ws = ?1 AND kind = ?2 AND number = ?3");
    let mut statement = conn.prepare_cached(&sql).map_err(classify)?;
    statement.query_row(params![ws, run.kind.prefix(), run.number], found).optional().map_err(classify)?.transpose()
}

fn select(conn: &Connection, rest: &str, values: &[&dyn ToSql]) -> Result<Vec<RunRow>> {
    let mut statement = conn.prepare_cached(&format!("{COLUMNS}{rest}")).map_err(classify)?;
    let rows = statement.query_map(values, found).map_err(classify)?;
    rows.map(|row| Ok(row.map_err(classify)??.run)).collect()
}

/// Reads a run without its journal.
pub(super) fn get(conn: &Connection, ws: i64, run: RunId) -> Result<Option<RunRow>> {
    Ok(find(conn, ws, run)?.map(|found| found.run))
}

/// Lists open runs.
pub(super) fn open(conn: &Connection, ws: i64) -> Result<Vec<RunRow>> {
    let mut runs = select(conn, OPEN, &[&ws])?;
    runs.sort_by_key(|run| run.id);
    Ok(runs)
}

/// Lists the runs on a name.
pub(super) fn of_name(conn: &Connection, ws: i64, label: &str) -> Result<Vec<RunRow>> {
    let mut runs = select(conn, "WHERE ws = ?1 AND a_label = ?2", &[&ws, &label])?;
    runs.sort_by_key(|run| run.id);
    Ok(runs)
}

/// Offers the next free id.
pub(super) fn next(conn: &Connection, ws: i64, kind: RunKind) -> Result<RunId> {
    let sql = "SELECT coalesce(max(number), 0) FROM run WHERE ws = ?1 AND kind = ?2";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    let last: i64 = statement.query_row(params![ws, kind.prefix()], |row| row.get(0)).map_err(classify)?;
    let number = u32::try_from(last.saturating_add(1)).map_err(|_| damaged("run"))?;
    Ok(RunId { kind, number })
}

/// Lists runs whose wake-up has come.
pub(super) fn due(conn: &Connection, ws: i64, now: Timestamp, limit: usize) -> Result<Vec<RunId>> {
    let mut statement = conn.prepare_cached(DUE).map_err(classify)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let read = |row: &Row<'_>| Ok(run_id(row.get_ref(0)?.as_str()?, row.get(1)?));
    let rows = statement.query_map(params![ws, floor_ms(now), limit], read).map_err(classify)?;
    rows.map(|row| row.map_err(classify)?.ok_or_else(|| damaged("run"))).collect()
}

/// The next wake-up.
pub(super) fn next_wake(conn: &Connection, ws: i64) -> Result<Option<Timestamp>> {
    let sql = "SELECT min(wake_at) FROM run WHERE ws = ?1 AND ended = 0 AND wake_at IS NOT NULL";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    let wake: Option<i64> = statement.query_row([ws], |row| row.get(0)).map_err(classify)?;
    Ok(wake.map(instant))
}

fn push(conn: &Connection, ws: i64, run: i64, tip: &mut Tip, entries: &[NewEntry]) -> Result<()> {
    let sql = "INSERT INTO entry (ws, run, seq, at, clock, kind, bytes) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    for entry in entries {
        fits("an entry", &entry.bytes)?;
        let (seq, at, clock) = tip.push(&entry.bytes, entry.at);
        statement.execute(params![ws, run, places(seq), at, clock, entry.kind, entry.bytes]).map_err(classify)?;
    }
    Ok(())
}

/// Starts a run.
pub(super) fn create(conn: &Connection, ws: i64, new: &NewRun) -> Result<Appended> {
    fits("a plan", &new.plan)?;
    if let Some(found) = find(conn, ws, new.id)? {
        // Even an empty journal is one too many: the id is taken.
        let found = found.run.head.size.max(1);
        return Err(Error::Conflict { journal: new.id.to_string(), expected: 0, found });
    }
    let plan = keep(conn, ws, &new.plan)?;
    let mut tip = Tip { at: floor_ms(new.at), ..Tip::default() };
    let sql = "INSERT INTO run (ws, bucket, kind, number, a_label, plan, ended, wake_at, size, peaks, at) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, 0, x'', ?8)";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    let (kind, wake_at) = (new.id.kind.prefix(), new.wake_at.map(ceil_ms));
    let label = new.name.a_label();
    let values = params![ws, bucket(&new.name), kind, new.id.number, label, plan.0, wake_at, tip.at];
    let row = statement.insert(values).map_err(classify)?;
    push(conn, ws, row, &mut tip, &new.entries)?;
    grow(conn, row, plan, &tip)?;
    Ok(tip.appended())
}

/// Writes what a step leaves of a run besides its entries.
fn grow(conn: &Connection, row: i64, plan: Hash, tip: &Tip) -> Result<()> {
    let sql = "UPDATE run SET plan = ?2, size = ?3, peaks = ?4, at = ?5 WHERE id = ?1";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    let (size, peaks) = (places(tip.frontier.size()), peaks_bytes(&tip.frontier));
    statement.execute(params![row, plan.0, size, peaks, tip.at]).map(drop).map_err(classify)
}

/// Writes a new state. Apart from the rest, since it is what two indexes are made of.
fn change_state(conn: &Connection, row: i64, state: RunState) -> Result<()> {
    let (ended, wake_at) = match state {
        RunState::Open { wake_at } => (false, wake_at.map(ceil_ms)),
        RunState::Ended => (true, None),
    };
    let mut statement =
        conn.prepare_cached("UPDATE run SET ended = ?2, wake_at = ?3 WHERE id = ?1").map_err(classify)?;
    statement.execute(params![row, ended, wake_at]).map(drop).map_err(classify)
}

/// Appends one step.
pub(super) fn append(conn: &Connection, ws: i64, step: &Append) -> Result<Appended> {
    step.check_sizes()?;
    let Found { row, bucket, run, mut tip } = find(conn, ws, step.run)?.ok_or(Error::UnknownRun(step.run))?;
    if run.head.size != step.expected {
        let (journal, expected, found) = (step.run.to_string(), step.expected, run.head.size);
        return Err(Error::Conflict { journal, expected, found });
    }
    for bytes in &step.keep {
        keep(conn, ws, bytes)?;
    }
    push(conn, ws, row, &mut tip, &step.entries)?;
    for effect in &step.effects {
        if effect.id().run != step.run {
            return Err(Error::EffectRefused { effect: effect.id().clone(), why: "it belongs to another run" });
        }
        move_effect(conn, (ws, row, bucket), effect)?;
    }
    let plan = step.plan.as_ref().map_or(Ok(run.plan), |plan| keep(conn, ws, plan))?;
    grow(conn, row, plan, &tip)?;
    if let Some(state) = step.state.filter(|state| *state != run.state) {
        change_state(conn, row, state)?;
    }
    for request in &step.requests {
        move_request(conn, (ws, row, bucket), request, tip.at)?;
    }
    Ok(tip.appended())
}

fn move_effect(conn: &Connection, (ws, run, bucket): (i64, i64, i64), effect: &EffectMove) -> Result<()> {
    let id = effect.id();
    let action = id.action.to_string();
    match effect {
        EffectMove::Intend { request, deadline, once, .. } => {
            let sql = "SELECT attempt, state FROM effect WHERE ws = ?1 AND run = ?2 AND action = ?3 \
                ORDER BY attempt DESC LIMIT 1";
            let mut statement = conn.prepare_cached(sql).map_err(classify)?;
            let read = |row: &Row<'_>| Ok((row.get(0)?, EffectState::from_word(row.get_ref(1)?.as_str()?)));
            let newest = statement.query_row(params![ws, run, action], read).optional().map_err(classify)?;
            let newest = newest.map(|(attempt, state)| Some((attempt, state?)));
            may_intend(id, newest.map(|found| found.ok_or_else(|| damaged("effect"))).transpose()?, *once)?;
            let sql = "INSERT INTO effect (ws, run, bucket, action, attempt, state, request, deadline_at, epoch, nonce, once) \
                SELECT ?1, ?2, ?3, ?4, ?5, 'intent', ?6, ?7, epoch, nonce, ?8 FROM store";
            let mut statement = conn.prepare_cached(sql).map_err(classify)?;
            let values = params![ws, run, bucket, action, id.attempt, request.0, ceil_ms(*deadline), once];
            statement.execute(values).map(drop).map_err(classify)
        }
        EffectMove::Settle { outcome, .. } => {
            let sql = "SELECT state FROM effect WHERE ws = ?1 AND run = ?2 AND action = ?3 AND attempt = ?4";
            let mut statement = conn.prepare_cached(sql).map_err(classify)?;
            let key = params![ws, run, action, id.attempt];
            let read = |row: &Row<'_>| Ok(EffectState::from_word(row.get_ref(0)?.as_str()?));
            let current = statement.query_row(key, read).optional().map_err(classify)?;
            may_settle(id, current.map(|state| state.ok_or_else(|| damaged("effect"))).transpose()?)?;
            let sql = "UPDATE effect SET state = ?5 WHERE ws = ?1 AND run = ?2 AND action = ?3 AND attempt = ?4";
            let mut statement = conn.prepare_cached(sql).map_err(classify)?;
            let state = EffectState::from(*outcome).word();
            statement.execute(params![ws, run, action, id.attempt, state]).map(drop).map_err(classify)
        }
    }
}

fn move_request(
    conn: &Connection,
    (ws, run, bucket): (i64, i64, i64),
    request: &RequestMove,
    opened_at: i64,
) -> Result<()> {
    match request {
        RequestMove::Open { id, kind, assignee, due, body } => {
            let sql = "INSERT INTO request (ws, id, run, bucket, kind, assignee, opened_at, due_at, body, closed) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0) ON CONFLICT (ws, id) DO NOTHING";
            let mut statement = conn.prepare_cached(sql).map_err(classify)?;
            let (kind, assignee, due) = (kind.word(), assignee.as_str(), ceil_ms(*due));
            let values = params![ws, id, run, bucket, kind, assignee, opened_at, due, body];
            statement.execute(values).map(drop).map_err(classify)
        }
        RequestMove::Close { id } => {
            let sql = "UPDATE request SET closed = 1 WHERE ws = ?1 AND id = ?2";
            let mut statement = conn.prepare_cached(sql).map_err(classify)?;
            statement.execute(params![ws, id]).map(drop).map_err(classify)
        }
    }
}

fn read_entries(conn: &Connection, ws: i64, run: i64, from: u64, limit: usize) -> Result<Vec<Entry>> {
    let sql =
        "SELECT seq, kind, at, clock, bytes FROM entry WHERE ws = ?1 AND run = ?2 AND seq >= ?3 ORDER BY seq LIMIT ?4";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let read = |row: &Row<'_>| {
        let seq = u64::try_from(row.get::<_, i64>(0)?).unwrap_or(u64::MAX);
        let clock: Option<i64> = row.get(3)?;
        Ok(Entry { seq, kind: row.get(1)?, at: instant(row.get(2)?), clock: clock.map(instant), bytes: row.get(4)? })
    };
    let rows = statement.query_map(params![ws, run, places(from), limit], read).map_err(classify)?;
    rows.collect::<rusqlite::Result<_>>().map_err(classify)
}

/// Reads a run whole.
pub(super) fn load(conn: &Connection, ws: i64, run: RunId) -> Result<Journal> {
    let Found { row, run: found, .. } = find(conn, ws, run)?.ok_or(Error::UnknownRun(run))?;
    let entries = read_entries(conn, ws, row, 0, usize::MAX)?;
    check_head(run, found.head, &entries)?;
    let missing = || Error::Damaged { what: format!("the plan of {run} is missing") };
    let plan = kept(conn, ws, &found.plan)?.ok_or_else(missing)?;
    Ok(Journal { run: found, plan, entries })
}

/// Reads entries from a place on.
pub(super) fn entries(conn: &Connection, ws: i64, run: RunId, from: u64, limit: usize) -> Result<Vec<Entry>> {
    let found = find(conn, ws, run)?.ok_or(Error::UnknownRun(run))?;
    read_entries(conn, ws, found.row, from, limit)
}

/// Lists attempts that are not settled.
pub(super) fn unsettled(conn: &Connection, ws: i64, run: Option<RunId>) -> Result<Vec<EffectRow>> {
    let mut statement = conn.prepare_cached(UNSETTLED).map_err(classify)?;
    let read = |row: &Row<'_>| {
        let (kind, number, action) = (row.get_ref(0)?.as_str()?, row.get(1)?, row.get_ref(2)?.as_str()?);
        let (attempt, word, request) = (row.get(3)?, row.get_ref(4)?.as_str()?, row.get(5)?);
        let (deadline, epoch): (i64, i64) = (row.get(6)?, row.get(7)?);
        Ok(run_id(kind, number).zip(action.parse::<ActionId>().ok()).zip(EffectState::from_word(word)).map(
            |((run, action), state)| EffectRow {
                id: EffectId { run, action, attempt },
                state,
                request: Hash(request),
                deadline: instant(deadline),
                epoch: u64::try_from(epoch).unwrap_or(0),
            },
        ))
    };
    let rows = statement.query_map([ws], read).map_err(classify)?;
    let rows: Result<Vec<_>> = rows.map(|row| row.map_err(classify)?.ok_or_else(|| damaged("effect"))).collect();
    let mut rows = rows?;
    rows.retain(|row| run.is_none_or(|run| run == row.id.run));
    rows.sort_by_cached_key(|row| (row.id.run, row.id.action.to_string()));
    Ok(rows)
}

/// Lists open questions.
pub(super) fn open_requests(conn: &Connection, ws: i64, run: Option<RunId>) -> Result<Vec<RequestRow>> {
    let mut statement = conn.prepare_cached(OPEN_REQUESTS).map_err(classify)?;
    let read = |row: &Row<'_>| {
        let id = run_id(row.get_ref(1)?.as_str()?, row.get(2)?);
        let kind = RequestKind::from_word(row.get_ref(3)?.as_str()?);
        let assignee = PersonId::new(row.get_ref(4)?.as_str()?).ok();
        let (request, opened, due, body) = (row.get(0)?, instant(row.get(5)?), instant(row.get(6)?), row.get(7)?);
        Ok(id.zip(kind).zip(assignee).map(|((run, kind), assignee)| RequestRow {
            id: request,
            run,
            kind,
            assignee,
            opened,
            due,
            body,
        }))
    };
    let rows = statement.query_map([ws], read).map_err(classify)?;
    let rows: Result<Vec<_>> = rows.map(|row| row.map_err(classify)?.ok_or_else(|| damaged("request"))).collect();
    let mut rows = rows?;
    rows.retain(|row| run.is_none_or(|run| run == row.run));
    Ok(rows)
}

/// The instant of the entry appended last.
pub(super) fn last_entry_at(conn: &Connection, ws: i64) -> Result<Option<Timestamp>> {
    let sql = "SELECT at FROM entry WHERE ws = ?1 ORDER BY id DESC LIMIT 1";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    let at: Option<i64> = statement.query_row([ws], |row| row.get(0)).optional().map_err(classify)?;
    Ok(at.map(instant))
}

/// Lists every run.
pub(super) fn all(conn: &Connection, ws: i64) -> Result<Vec<RunId>> {
    let mut statement =
        conn.prepare_cached("SELECT kind, number FROM run WHERE ws = ?1 ORDER BY id").map_err(classify)?;
    let read = |row: &Row<'_>| Ok(run_id(row.get_ref(0)?.as_str()?, row.get(1)?));
    let rows = statement.query_map([ws], read).map_err(classify)?;
    rows.map(|row| row.map_err(classify)?.ok_or_else(|| damaged("run"))).collect()
}
