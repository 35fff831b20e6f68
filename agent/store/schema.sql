-- SPDX-License-Identifier: GPL-2.0-or-later
-- The newest schema, for a new database; migration.c brings older ones here, and a test compares both.
-- Times are milliseconds since 1970 UTC; 0 means "not yet". Words are those of the API and the logs.

-- Named values of this installation: "owner", "events_pruned_hash".
CREATE TABLE installation (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The last good version of each manifest document, in force while the file's own is bad.
CREATE TABLE document (
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	file TEXT NOT NULL,
	line INTEGER NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (kind, name, file)
) STRICT, WITHOUT ROWID;

-- What is remembered of each member; marks at the clouds rebuild it when it is lost.
CREATE TABLE record (
	key TEXT PRIMARY KEY,
	cloud TEXT,
	uid TEXT,
	instance_id TEXT,
	fingerprint TEXT,
	rank INTEGER NOT NULL,
	is_protected INTEGER NOT NULL,
	created_at_ms INTEGER NOT NULL,
	ready_at_ms INTEGER NOT NULL,
	missing_since_ms INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	retry_at_ms INTEGER NOT NULL,
	fault TEXT NOT NULL,
	fault_text TEXT,
	commit_id TEXT,
	file TEXT,
	line INTEGER NOT NULL,
	column_no INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal: a row is here, fsynced, before its ask is sent. AUTOINCREMENT keeps the highest id
-- ever used, so that no id comes again after old rows were pruned.
CREATE TABLE operation (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	ask INTEGER NOT NULL,
	verb TEXT NOT NULL,
	state TEXT NOT NULL,
	key TEXT,
	cloud TEXT,
	uid TEXT,
	name TEXT,
	instance_id TEXT,
	fingerprint TEXT,
	size_name TEXT,
	cpus INTEGER NOT NULL,
	memory_bytes INTEGER NOT NULL,
	disk_bytes INTEGER NOT NULL,
	price_micros INTEGER NOT NULL,
	begun_at_ms INTEGER NOT NULL,
	closed_at_ms INTEGER NOT NULL,
	fault TEXT NOT NULL,
	text TEXT,
	why TEXT,
	commit_id TEXT,
	file TEXT,
	line INTEGER NOT NULL,
	column_no INTEGER NOT NULL
) STRICT;

-- Few are open at a time; a restart reads only those.
CREATE INDEX operation_open ON operation (id) WHERE state IN ('open', 'uncertain');

-- What happened, for people. Each hash covers the row and the hash of the row before.
CREATE TABLE event (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at_ms INTEGER NOT NULL,
	name TEXT NOT NULL,
	deployment TEXT,
	key TEXT,
	cloud TEXT,
	instance_id TEXT,
	operation INTEGER NOT NULL,
	before TEXT,
	after TEXT,
	text TEXT,
	commit_id TEXT,
	file TEXT,
	line INTEGER NOT NULL,
	column_no INTEGER NOT NULL,
	hash BLOB NOT NULL
) STRICT;

CREATE INDEX event_by_deployment ON event (deployment, id) WHERE deployment IS NOT NULL;
CREATE INDEX event_by_cloud ON event (cloud, id) WHERE cloud IS NOT NULL;

-- Destructions begun, for the deletion budget's window: restarts do not refill it.
CREATE TABLE deletion (
	id INTEGER PRIMARY KEY,
	at_ms INTEGER NOT NULL,
	key TEXT NOT NULL,
	cloud TEXT
) STRICT;

CREATE INDEX deletion_by_time ON deletion (at_ms);
