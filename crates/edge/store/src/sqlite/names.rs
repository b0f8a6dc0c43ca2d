//! Names, facts and raw answers as rows.

use namekeep_evidence::Hash;
use namekeep_model::{AccountId, DomainName, Ending, Facts, Intent, PersonId, Timestamp};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, ToSql, params};

use super::open::classify;
use crate::journal::fits;
use crate::name::Rank;
use crate::time::{floor_ms, instant};
use crate::{Change, Changed, Declared, Error, Imported, Look, NameRecord, NameRow, Order, Page, Result, Summary};

/// The share of work a name belongs to: the first 12 bits of SHA-256 of its registrable name.
pub(super) fn bucket(name: &DomainName) -> i64 {
    let registrable = name.registrable();
    let Hash(digest) = Hash::of(registrable.as_ref().unwrap_or(name).a_label().as_bytes());
    let [first, second, ..] = digest;
    i64::from(first) << 4 | i64::from(second) >> 4
}

/// What a column holds that no writer of ours puts there.
pub(super) fn damaged(what: &str) -> Error {
    Error::Damaged { what: format!("a row of `{what}` cannot be read") }
}

pub(super) fn name_of(text: &str) -> Result<DomainName> {
    DomainName::parse(text).map_err(|_| damaged("name"))
}

const fn intent_word(intent: Intent) -> &'static str {
    match intent {
        Intent::Renew => "renew",
        Intent::Retire => "retire",
        Intent::Undecided => "undecided",
    }
}

fn intent_of(word: &str) -> Option<Intent> {
    [Intent::Renew, Intent::Retire, Intent::Undecided].into_iter().find(|intent| intent_word(*intent) == word)
}

fn ending_of(word: &str) -> Option<Ending> {
    Ending::ALL.into_iter().find(|ending| ending.code() == word)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String> {
    // Our own types always have a JSON form; should one day one not, its row is not written.
    serde_json::to_string(value).map_err(|_| damaged("name"))
}

/// The columns of a line, in the order `line` reads them.
const LINE: &str = "a_label, intent, ending, owner, cost_centre, account, registrar, tags, day, level";

fn line(row: &Row<'_>) -> rusqlite::Result<Result<NameRow>> {
    let text = |column| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
    let optional = |column| row.get_ref(column)?.as_str_or_null().map_err(rusqlite::Error::from);
    let (label, intent, tags) = (text(0)?, text(1)?, text(7)?);
    let (ending, owner, account) = (optional(2)?, optional(3)?, optional(5)?);
    let rank = Rank { day: row.get(8)?, level: row.get(9)? };
    let (cost_centre, registrar) = (row.get(4)?, row.get(6)?);
    let read = || {
        let declared = Declared {
            intent: intent_of(intent)?,
            ending: ending.map(|word| ending_of(word).ok_or(())).transpose().ok()?,
            owner: owner.map(PersonId::new).transpose().ok()?,
            cost_centre,
            account: account.map(AccountId::new).transpose().ok()?,
            registrar,
            tags: serde_json::from_str(tags).ok()?,
        };
        Some(NameRow { name: DomainName::parse(label).ok()?, declared, summary: rank.summary()? })
    };
    Ok(read().ok_or_else(|| damaged("name")))
}

fn record(row: &Row<'_>) -> rusqlite::Result<Result<NameRecord>> {
    let quiet_rounds = row.get(11)?;
    let facts = serde_json::from_str(row.get_ref(10)?.as_str()?);
    Ok(line(row)?.and_then(|row| Ok(NameRecord { row, facts: facts.map_err(|_| damaged("name"))?, quiet_rounds })))
}

/// Reads one name.
pub(super) fn get(conn: &Connection, ws: i64, name: &DomainName) -> Result<Option<NameRecord>> {
    let sql = format!("SELECT {LINE}, facts, quiet_rounds FROM name WHERE ws = ?1 AND a_label = ?2");
    let mut statement = conn.prepare_cached(&sql).map_err(classify)?;
    let found = statement.query_row(params![ws, name.a_label()], record).optional().map_err(classify)?;
    found.transpose()
}

/// The statement of a page: parameter 1 is the workspace, 2 the limit, the place follows.
pub(super) fn page_sql(order: Order) -> String {
    let (key, place) = match order {
        Order::Date => ("day, a_label", "?3, ?4"),
        Order::Level => ("level, day, a_label", "?3, ?4, ?5"),
        Order::Name => ("a_label", "?3"),
    };
    format!("SELECT {LINE} FROM name WHERE ws = ?1 AND ({key}) > ({place}) ORDER BY {key} LIMIT ?2")
}

/// Reads one page.
pub(super) fn list(conn: &Connection, ws: i64, page: &Page<'_>) -> Result<Vec<NameRow>> {
    let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
    // The place after which the page begins; before everything for the first page.
    let start = Rank { level: i64::MIN, day: i64::MIN };
    let rank = page.after.map_or(start, |row| row.summary.into());
    let label = page.after.map_or("", |row| row.name.a_label());
    let values: &[&dyn ToSql] = match page.order {
        Order::Date => &[&ws, &limit, &rank.day, &label],
        Order::Level => &[&ws, &limit, &rank.level, &rank.day, &label],
        Order::Name => &[&ws, &limit, &label],
    };
    let mut statement = conn.prepare_cached(&page_sql(page.order)).map_err(classify)?;
    let rows = statement.query_map(values, line).map_err(classify)?;
    rows.map(|row| row.map_err(classify)?).collect()
}

/// A statement that writes a record, kept over a whole import.
struct Put<'conn> {
    statement: CachedStatement<'conn>,
    ws: i64,
}

impl<'conn> Put<'conn> {
    /// Writes new rows, and leaves those that are there as they are.
    fn new_rows(conn: &'conn Connection, ws: i64) -> Result<Self> {
        Self::prepare(conn, ws, "NOTHING")
    }

    /// Writes over the row that is there.
    fn over_rows(conn: &'conn Connection, ws: i64) -> Result<Self> {
        let update = "UPDATE SET intent = ?4, ending = ?5, owner = ?6, cost_centre = ?7, account = ?8, registrar = ?9, \
            tags = ?10, day = ?11, level = ?12, facts = ?13, quiet_rounds = ?14";
        Self::prepare(conn, ws, update)
    }

    fn prepare(conn: &'conn Connection, ws: i64, on_conflict: &str) -> Result<Self> {
        let sql = format!(
            "INSERT INTO name (ws, bucket, a_label, intent, ending, owner, cost_centre, account, registrar, tags, day, level, \
            facts, quiet_rounds) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14) \
            ON CONFLICT (ws, a_label) DO {on_conflict}"
        );
        Ok(Self { statement: conn.prepare_cached(&sql).map_err(classify)?, ws })
    }

    /// Writes one record; tells whether a row was written.
    fn put(&mut self, record: &NameRecord) -> Result<bool> {
        let NameRow { name, declared, summary } = &record.row;
        let rank = Rank::from(*summary);
        let written = self.statement.execute(params![
            self.ws,
            bucket(name),
            name.a_label(),
            intent_word(declared.intent),
            declared.ending.map(Ending::code),
            declared.owner.as_ref().map(PersonId::as_str),
            declared.cost_centre,
            declared.account.as_ref().map(AccountId::as_str),
            declared.registrar,
            json(&declared.tags)?,
            rank.day,
            rank.level,
            json(&record.facts)?,
            record.quiet_rounds,
        ]);
        written.map(|rows| rows > 0).map_err(classify)
    }
}

/// New names after which an import counts as one that makes the table, not one that adds to it.
const BULK: u64 = 20_000;

/// The indexes lists walk, in the words of the schema: sorting them once is much cheaper than
/// growing them in the order of somebody's file.
const LISTS: [(&str, &str); 2] = [
    ("DROP INDEX name_by_day", "CREATE INDEX name_by_day ON name (ws, day, a_label)"),
    ("DROP INDEX name_by_level", "CREATE INDEX name_by_level ON name (ws, level, day, a_label)"),
];

/// Tells whether the table is about to be mostly what this import brings.
fn mostly_new(conn: &Connection) -> Result<bool> {
    let sql = "SELECT count(*) < ?1 FROM (SELECT 1 FROM name LIMIT ?1)";
    conn.query_row(sql, [3 * BULK as i64], |row| row.get(0)).map_err(classify)
}

/// Puts many names.
pub(super) fn put_many(
    conn: &Connection,
    ws: i64,
    names: impl Iterator<Item = NameRecord>,
    mut merge: impl FnMut(NameRecord, NameRecord) -> NameRecord,
) -> Result<Imported> {
    let (mut imported, mut bulk) = (Imported::default(), false);
    let mut insert = Put::new_rows(conn, ws)?;
    for new in names {
        if insert.put(&new)? {
            imported.added += 1;
            if imported.added == BULK && mostly_new(conn)? {
                bulk = true;
                LISTS.iter().try_for_each(|(drop, _)| conn.execute_batch(drop)).map_err(classify)?;
            }
            continue;
        }
        let name = new.row.name.clone();
        let known = get(conn, ws, &name)?.ok_or_else(|| damaged("name"))?;
        let mut merged = merge(known.clone(), new);
        merged.row.name = name;
        if merged == known {
            imported.unchanged += 1;
        } else {
            Put::over_rows(conn, ws)?.put(&merged)?;
            imported.changed += 1;
        }
    }
    if bulk {
        LISTS.iter().try_for_each(|(_, create)| conn.execute_batch(create)).map_err(classify)?;
    }
    Ok(imported)
}

/// Removes a name.
pub(super) fn remove(conn: &Connection, ws: i64, name: &DomainName) -> Result<bool> {
    let mut statement = conn.prepare_cached("DELETE FROM name WHERE ws = ?1 AND a_label = ?2").map_err(classify)?;
    statement.execute(params![ws, name.a_label()]).map(|rows| rows > 0).map_err(classify)
}

/// Takes a round in: the facts on the name's own row, changes in the log, raw answers by digest.
pub(super) fn observe(
    conn: &Connection,
    ws: i64,
    name: &DomainName,
    mut look: Look,
    at: Timestamp,
    judge: impl FnOnce(&Facts) -> Summary,
) -> Result<Vec<Change>> {
    let mut record = get(conn, ws, name)?.ok_or_else(|| Error::UnknownName(name.a_label().to_owned()))?;
    for bytes in std::mem::take(&mut look.raw) {
        keep(conn, ws, &bytes)?;
    }
    let changes = record.take(look, at);
    record.row.summary = judge(&record.facts);
    Put::over_rows(conn, ws)?.put(&record)?;
    let sql = "INSERT INTO obs_log (ws, bucket, a_label, at, what) VALUES (?1, ?2, ?3, ?4, ?5)";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    for change in &changes {
        let row = params![ws, bucket(name), name.a_label(), floor_ms(at), json(change)?];
        statement.execute(row).map_err(classify)?;
    }
    Ok(changes)
}

/// Lists changes, the newest first.
pub(super) fn changes(conn: &Connection, ws: i64, name: &DomainName, limit: usize) -> Result<Vec<Changed>> {
    let sql = "SELECT at, what FROM obs_log WHERE ws = ?1 AND a_label = ?2 ORDER BY id DESC LIMIT ?3";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let read = |row: &Row<'_>| Ok((row.get(0)?, serde_json::from_str(row.get_ref(1)?.as_str()?)));
    let rows = statement.query_map(params![ws, name.a_label(), limit], read).map_err(classify)?;
    rows.map(|row| {
        let (at, what) = row.map_err(classify)?;
        Ok(Changed { at: instant(at), what: what.map_err(|_| damaged("obs_log"))? })
    })
    .collect()
}

/// Keeps bytes by their digest.
pub(super) fn keep(conn: &Connection, ws: i64, bytes: &[u8]) -> Result<Hash> {
    fits("a raw answer", bytes)?;
    let digest = Hash::of(bytes);
    let sql = "INSERT INTO kept (ws, digest, bytes) VALUES (?1, ?2, ?3) ON CONFLICT (ws, digest) DO NOTHING";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    statement.execute(params![ws, digest.0, bytes]).map_err(classify)?;
    Ok(digest)
}

/// Reads kept bytes, and makes sure they are the ones that were kept.
pub(super) fn kept(conn: &Connection, ws: i64, digest: &Hash) -> Result<Option<Vec<u8>>> {
    let mut statement =
        conn.prepare_cached("SELECT bytes FROM kept WHERE ws = ?1 AND digest = ?2").map_err(classify)?;
    let bytes: Option<Vec<u8>> =
        statement.query_row(params![ws, digest.0], |row| row.get(0)).optional().map_err(classify)?;
    match bytes {
        Some(bytes) if Hash::of(&bytes) != *digest => {
            Err(Error::Damaged { what: format!("the bytes kept as {digest} have another digest") })
        }
        bytes => Ok(bytes),
    }
}
