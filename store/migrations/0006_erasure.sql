-- +goose Up
-- What keys that change and persons who are erased need.

-- Whose record was erased. The mark is keyed and is not the id, so the list alone tells nobody anything; with the keys it finds the
-- record again in a database that was restored from before, whose erasure is then repeated. time: what was made later under the same
-- id is not what was erased.
CREATE TABLE erased (
    mark BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    time BIGINT NOT NULL,
    entry BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;

-- The key of tags changes, and with it all tags: epoch is how often it had changed when a row was tagged. What is barred keeps the NIK
-- itself, sealed under the case's subject, for nothing else tells it when the tag is made anew.
ALTER TABLE match_tags ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE barred ADD COLUMN f4 BYTEA;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
