-- +goose Up
-- Each index whose key is chance costs a filing a page of its own once the tables are large. The receipt of a filing bears the number of its
-- first leg that left the register, so that number stands in the leg alone; and a filing is found by its case.
ALTER TABLE submissions RENAME TO submissions_before;
DROP INDEX submissions_case;
CREATE TABLE submissions (
    case_id BYTEA NOT NULL,
    account BYTEA NOT NULL,
    time BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    opened BIGINT NOT NULL,
    occurred BIGINT,
    number TEXT, -- of a filing none of whose legs bears it
    PRIMARY KEY (case_id, account, time, entry)
) /*sqlite: WITHOUT ROWID*/;
INSERT INTO submissions (case_id, account, time, entry, opened, occurred, number)
    SELECT case_id, account, time, entry, opened, occurred, CASE WHEN NOT EXISTS (SELECT 1 FROM legs l WHERE l.number = s.number) THEN number END
    FROM submissions_before s;
DROP TABLE submissions_before;
CREATE UNIQUE INDEX submissions_number ON submissions (number) WHERE number IS NOT NULL;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
