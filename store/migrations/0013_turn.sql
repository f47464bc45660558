-- +goose Up
-- What servers on one PostgreSQL database know of each other, see store/turn.go. SQLite has one process, and never reads it.
CREATE TABLE turn (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    rows_changed BIGINT NOT NULL,
    rights_changed BIGINT NOT NULL,
    keys_changed BIGINT NOT NULL,
    places_changed BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    newest BIGINT NOT NULL,
    writer BIGINT NOT NULL
);
INSERT INTO turn (one, rows_changed, rights_changed, keys_changed, places_changed, entries, newest, writer) VALUES (1, 0, 0, 0, 0, 0, 0, 0);

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
