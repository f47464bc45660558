-- +goose Up
-- The journal's proofs: an RFC 6962 tree over the canonical bytes, and what was signed of it. Nothing here is ever changed or deleted.

-- Stored hashes in the order of x/mod/sumdb/tlog, one row a commit: first is the index of the first of them, each is 32 bytes. INTEGER
-- is SQLite's own row number: rows of up to a page stand whole in their leaf, and one at the end moves no neighbour. In PostgreSQL it
-- ends after a billion entries.
CREATE TABLE tree (
    first INTEGER NOT NULL PRIMARY KEY,
    hashes BYTEA NOT NULL
);

-- C2SP signed notes of origin, size and root.
CREATE TABLE checkpoints (
    size BIGINT NOT NULL PRIMARY KEY,
    time BIGINT NOT NULL,
    note TEXT NOT NULL
) /*sqlite: WITHOUT ROWID*/;

-- Public halves of the keys that signed them.
CREATE TABLE checkpoint_keys (
    key TEXT NOT NULL PRIMARY KEY,
    from_time BIGINT NOT NULL,
    entry BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;

-- Signature lines of witnesses under a checkpoint.
CREATE TABLE cosignatures (
    size BIGINT NOT NULL,
    witness TEXT NOT NULL,
    time BIGINT NOT NULL,
    line TEXT NOT NULL,
    entry BYTEA NOT NULL,
    PRIMARY KEY (size, witness)
) /*sqlite: WITHOUT ROWID*/;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
