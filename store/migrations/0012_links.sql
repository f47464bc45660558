-- +goose Up
-- What persons have said of pairs of records. All that a row tells without a key is that there is one: id, both ends and the review are
-- keyed marks, of a key of this table's own use, and in no other column; who, when and by which entry stands sealed, in rows of one size.
-- An end finds the links of a record; where there never was a review, the mark of one leads nowhere.
CREATE TABLE links (
    id BYTEA NOT NULL PRIMARY KEY,
    a BYTEA NOT NULL,
    b BYTEA NOT NULL,
    review BYTEA NOT NULL,
    sealed BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX links_a ON links (a);
CREATE INDEX links_b ON links (b);
CREATE INDEX links_review ON links (review);

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
