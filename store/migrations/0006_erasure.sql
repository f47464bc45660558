-- +goose Up
-- Whose record was erased. The mark is keyed and is not the id, so the list alone tells nobody anything; with the keys it finds the
-- record again in a database that was restored from before, whose erasure is then repeated. time: what was made later under the same
-- id is not what was erased.
CREATE TABLE erased (
    mark BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    time BIGINT NOT NULL,
    entry BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
