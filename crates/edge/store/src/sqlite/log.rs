//! The workspace's own rows: its log and checkpoints, settings, public keys.

use namekeep_evidence::merkle::{self, Frontier};
use namekeep_model::{PersonId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use super::names::damaged;
use super::open::classify;
use super::runs::{frontier, peaks_bytes};
use crate::journal::{Tip, fits};
use crate::time::{floor_ms, instant};
use crate::{Checkpoint, Error, Head, PublicKey, Result};

const LOG: &str = "the workspace log";

fn places(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The growing end of the workspace log.
pub(super) fn tip(conn: &Connection, ws: i64) -> Result<Tip> {
    let mut statement =
        conn.prepare_cached("SELECT log_size, log_peaks FROM workspace WHERE ws = ?1").map_err(classify)?;
    let read = |row: &Row<'_>| Ok(frontier(row.get(0)?, row.get_ref(1)?.as_blob()?));
    let frontier = statement.query_row([ws], read).map_err(classify)?.ok_or_else(|| damaged("workspace"))?;
    Ok(Tip { frontier, at: 0 })
}

/// Appends leaves.
pub(super) fn extend(conn: &Connection, ws: i64, expected: u64, leaves: &[Vec<u8>]) -> Result<Head> {
    let mut tip = tip(conn, ws)?;
    let found = tip.frontier.size();
    if found != expected {
        return Err(Error::Conflict { journal: LOG.to_owned(), expected, found });
    }
    let mut insert =
        conn.prepare_cached("INSERT INTO log_leaf (ws, seq, bytes) VALUES (?1, ?2, ?3)").map_err(classify)?;
    for leaf in leaves {
        fits("a leaf", leaf)?;
        let (seq, ..) = tip.push(leaf, Timestamp::UNIX_EPOCH);
        insert.execute(params![ws, places(seq), leaf]).map_err(classify)?;
    }
    let sql = "UPDATE workspace SET log_size = ?2, log_peaks = ?3 WHERE ws = ?1";
    let mut update = conn.prepare_cached(sql).map_err(classify)?;
    update.execute(params![ws, places(tip.frontier.size()), peaks_bytes(&tip.frontier)]).map_err(classify)?;
    Ok(tip.head())
}

/// Reads leaves from a place on.
pub(super) fn leaves(conn: &Connection, ws: i64, from: u64, limit: usize) -> Result<Vec<Vec<u8>>> {
    let sql = "SELECT bytes FROM log_leaf WHERE ws = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![ws, places(from), limit], |row| row.get(0)).map_err(classify)?;
    rows.collect::<rusqlite::Result<_>>().map_err(classify)
}

/// Compares the leaves with the head kept beside them.
pub(super) fn check(conn: &Connection, ws: i64) -> Result<()> {
    let mut statement =
        conn.prepare_cached("SELECT bytes FROM log_leaf WHERE ws = ?1 ORDER BY seq").map_err(classify)?;
    let mut rows = statement.query([ws]).map_err(classify)?;
    let mut found = Frontier::default();
    while let Some(row) = rows.next().map_err(classify)? {
        let bytes = row.get_ref(0).and_then(|value| value.as_blob().map_err(rusqlite::Error::from));
        found.push(merkle::leaf(bytes.map_err(classify)?));
    }
    if found == tip(conn, ws)?.frontier {
        Ok(())
    } else {
        Err(Error::Damaged { what: format!("{LOG} does not match its own head") })
    }
}

/// Keeps a signed head.
pub(super) fn put_checkpoint(conn: &Connection, ws: i64, checkpoint: &Checkpoint) -> Result<()> {
    fits("a checkpoint", checkpoint.note.as_bytes())?;
    let found = tip(conn, ws)?.frontier.size();
    if checkpoint.size > found {
        return Err(Error::Conflict { journal: LOG.to_owned(), expected: checkpoint.size, found });
    }
    let sql = "INSERT INTO checkpoint (ws, size, note) VALUES (?1, ?2, ?3) \
        ON CONFLICT (ws, size) DO UPDATE SET note = ?3";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    statement.execute(params![ws, places(checkpoint.size), checkpoint.note]).map(drop).map_err(classify)
}

/// The newest signed head.
pub(super) fn checkpoint(conn: &Connection, ws: i64) -> Result<Option<Checkpoint>> {
    let sql = "SELECT size, note FROM checkpoint WHERE ws = ?1 ORDER BY size DESC LIMIT 1";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?));
    let found = statement.query_row([ws], read).optional().map_err(classify)?;
    found
        .map(|(size, note)| Ok(Checkpoint { size: u64::try_from(size).map_err(|_| damaged("checkpoint"))?, note }))
        .transpose()
}

/// Reads a setting.
pub(super) fn setting(conn: &Connection, ws: i64, key: &str) -> Result<Option<Value>> {
    let mut statement =
        conn.prepare_cached("SELECT value FROM setting WHERE ws = ?1 AND key = ?2").map_err(classify)?;
    let read = |row: &Row<'_>| Ok(serde_json::from_str(row.get_ref(0)?.as_str()?));
    let found = statement.query_row(params![ws, key], read).optional().map_err(classify)?;
    found.transpose().map_err(|_| damaged("setting"))
}

/// Writes or removes a setting.
pub(super) fn put_setting(conn: &Connection, ws: i64, key: &str, value: &Value) -> Result<()> {
    let text = value.to_string();
    fits("a setting", text.as_bytes())?;
    let written = if value.is_null() {
        let mut statement = conn.prepare_cached("DELETE FROM setting WHERE ws = ?1 AND key = ?2").map_err(classify)?;
        statement.execute(params![ws, key])
    } else {
        let sql =
            "INSERT INTO setting (ws, key, value) VALUES (?1, ?2, ?3) ON CONFLICT (ws, key) DO UPDATE SET value = ?3";
        let mut statement = conn.prepare_cached(sql).map_err(classify)?;
        statement.execute(params![ws, key, text])
    };
    written.map(drop).map_err(classify)
}

/// Lists the public keys.
pub(super) fn keys(conn: &Connection, ws: i64) -> Result<Vec<PublicKey>> {
    let sql = "SELECT id, person, role, bytes, added_at, retired_at FROM public_key WHERE ws = ?1 ORDER BY id";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    let read = |row: &Row<'_>| {
        let person = PersonId::new(row.get_ref(1)?.as_str()?).ok();
        let (id, role, bytes) = (row.get(0)?, row.get(2)?, row.get(3)?);
        let (added, retired) = (instant(row.get(4)?), row.get::<_, Option<i64>>(5)?.map(instant));
        Ok(person.map(|person| PublicKey { id, person, role, bytes, added, retired }))
    };
    let rows = statement.query_map([ws], read).map_err(classify)?;
    rows.map(|row| row.map_err(classify)?.ok_or_else(|| damaged("public_key"))).collect()
}

/// Adds or replaces a public key.
pub(super) fn put_key(conn: &Connection, ws: i64, key: &PublicKey) -> Result<()> {
    fits("a key", &key.bytes)?;
    let sql = "INSERT INTO public_key (ws, id, person, role, bytes, added_at, retired_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
        ON CONFLICT (ws, id) DO UPDATE SET person = ?3, role = ?4, bytes = ?5, added_at = ?6, retired_at = ?7";
    let mut statement = conn.prepare_cached(sql).map_err(classify)?;
    let PublicKey { id, person, role, bytes, added, retired } = key;
    let values = params![ws, id, person.as_str(), role, bytes, floor_ms(*added), retired.map(floor_ms)];
    statement.execute(values).map(drop).map_err(classify)
}
