-- +goose Up
-- What is compared, and what was found: one sealed row of one size for each person. An id is a keyed mark under a key of its own, so no
-- column joins a row to a person or to a row of the other table. Clustered by it: a number of rows would tell in which order persons came.
CREATE TABLE link_cards (
    id BYTEA NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE candidates (
    id BYTEA NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;

-- Who asks: the subjects of open cases above L1. A case at L1, as nearly all are, touches no page of it.
CREATE INDEX cases_upper ON cases (subject) WHERE closed IS NULL AND level <> 'L1';

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
