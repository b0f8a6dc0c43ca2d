-- Schema 1. Types are portable: whole milliseconds, JSON as TEXT, BLOB. `ws` is the workspace and part
-- of every key; `bucket` is the first 12 bits of SHA-256 of the registrable name, by which several
-- machines will share the work; `epoch` and `nonce` name the incarnation that wrote an intent.

CREATE TABLE store (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL,
  nonce BLOB NOT NULL
) STRICT;
INSERT INTO store VALUES (1, 0, randomblob(16));

CREATE TABLE workspace (
  ws INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  log_size INTEGER NOT NULL DEFAULT 0,
  log_peaks BLOB NOT NULL DEFAULT x''
) STRICT;

CREATE TABLE setting (
  ws INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (ws, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE public_key (
  ws INTEGER NOT NULL, id TEXT NOT NULL, person TEXT NOT NULL, role TEXT NOT NULL, bytes BLOB NOT NULL,
  added_at INTEGER NOT NULL, retired_at INTEGER,
  PRIMARY KEY (ws, id)
) STRICT, WITHOUT ROWID;

-- `day` is the date that counts as yyyymmdd, 99999999 where there is none; `level` 0 is the gravest.
CREATE TABLE name (
  id INTEGER PRIMARY KEY,
  ws INTEGER NOT NULL, bucket INTEGER NOT NULL, a_label TEXT NOT NULL,
  intent TEXT NOT NULL, ending TEXT, owner TEXT, cost_centre TEXT, account TEXT, registrar TEXT, tags TEXT NOT NULL,
  day INTEGER NOT NULL, level INTEGER NOT NULL,
  facts TEXT NOT NULL, quiet_rounds INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX name_by_label ON name (ws, a_label);
CREATE INDEX name_by_day ON name (ws, day, a_label);
CREATE INDEX name_by_level ON name (ws, level, day, a_label);

CREATE TABLE obs_log (
  id INTEGER PRIMARY KEY,
  ws INTEGER NOT NULL, bucket INTEGER NOT NULL, a_label TEXT NOT NULL, at INTEGER NOT NULL, what TEXT NOT NULL
) STRICT;
CREATE INDEX obs_log_by_name ON obs_log (ws, a_label, id);

-- Raw answers and plans, by the SHA-256 of their bytes.
CREATE TABLE kept (
  id INTEGER PRIMARY KEY,
  ws INTEGER NOT NULL, digest BLOB NOT NULL, bytes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX kept_by_digest ON kept (ws, digest);

-- `size` and `peaks` are the growing end of the run's log: appending reads nothing else of it.
CREATE TABLE run (
  id INTEGER PRIMARY KEY,
  ws INTEGER NOT NULL, bucket INTEGER NOT NULL, kind TEXT NOT NULL, number INTEGER NOT NULL, a_label TEXT NOT NULL,
  plan BLOB NOT NULL, ended INTEGER NOT NULL, wake_at INTEGER,
  size INTEGER NOT NULL, peaks BLOB NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX run_by_number ON run (ws, kind, number);
CREATE INDEX run_by_name ON run (ws, a_label);
CREATE INDEX run_open ON run (ws, kind, number) WHERE ended = 0;
CREATE INDEX run_due ON run (ws, wake_at) WHERE ended = 0 AND wake_at IS NOT NULL;

-- In the order of arrival, so that a thousand runs that append together touch few pages.
CREATE TABLE entry (
  id INTEGER PRIMARY KEY,
  ws INTEGER NOT NULL, run INTEGER NOT NULL, seq INTEGER NOT NULL,
  at INTEGER NOT NULL, clock INTEGER, kind TEXT NOT NULL, bytes BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX entry_by_place ON entry (ws, run, seq);

CREATE TABLE effect (
  ws INTEGER NOT NULL, run INTEGER NOT NULL, bucket INTEGER NOT NULL, action TEXT NOT NULL, attempt INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('intent', 'unknown', 'done', 'not-done')),
  request BLOB NOT NULL, deadline_at INTEGER NOT NULL, epoch INTEGER NOT NULL, nonce BLOB NOT NULL,
  once INTEGER NOT NULL CHECK (once IN (0, 1)),
  PRIMARY KEY (ws, run, action, attempt)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX effect_unsettled ON effect (ws, run, action) WHERE state IN ('intent', 'unknown');
CREATE UNIQUE INDEX effect_once ON effect (ws, run, action) WHERE once = 1 AND state IN ('intent', 'unknown', 'done');

CREATE TABLE request (
  ws INTEGER NOT NULL, id TEXT NOT NULL, run INTEGER NOT NULL, bucket INTEGER NOT NULL, kind TEXT NOT NULL,
  assignee TEXT NOT NULL, opened_at INTEGER NOT NULL, due_at INTEGER NOT NULL, body BLOB NOT NULL, closed INTEGER NOT NULL,
  PRIMARY KEY (ws, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX request_open ON request (ws, due_at, id) WHERE closed = 0;

CREATE TABLE log_leaf (
  ws INTEGER NOT NULL, seq INTEGER NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY (ws, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
  ws INTEGER NOT NULL, size INTEGER NOT NULL, note TEXT NOT NULL,
  PRIMARY KEY (ws, size)
) STRICT, WITHOUT ROWID;

-- What was recorded stays as it was recorded.
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are final'); END;
CREATE TRIGGER entry_remains BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are final'); END;
CREATE TRIGGER kept_stays BEFORE UPDATE ON kept BEGIN SELECT RAISE(ABORT, 'kept bytes are final'); END;
CREATE TRIGGER log_leaf_stays BEFORE UPDATE ON log_leaf BEGIN SELECT RAISE(ABORT, 'leaves are final'); END;
CREATE TRIGGER log_leaf_remains BEFORE DELETE ON log_leaf BEGIN SELECT RAISE(ABORT, 'leaves are final'); END;
