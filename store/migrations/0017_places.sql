-- +goose Up
-- Each index whose key is chance costs a filing a page of its own once the tables are large. So what a filing writes into tables that are
-- asked by case stands there by the place of its case: a number that rises from case to case and that nobody outside sees.
ALTER TABLE cases ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
UPDATE cases SET place = p.n FROM (SELECT id, row_number() OVER (ORDER BY opened, id) AS n FROM cases) p WHERE p.id = cases.id;
CREATE UNIQUE INDEX cases_place ON cases (place);

ALTER TABLE journal ADD COLUMN place BIGINT;
UPDATE journal SET place = (SELECT k.place FROM cases k WHERE k.id = journal.case_id) WHERE case_id IS NOT NULL;
DROP INDEX journal_case;
CREATE INDEX journal_case ON journal (place, number) WHERE place IS NOT NULL;

ALTER TABLE disclosures ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
UPDATE disclosures SET place = (SELECT k.place FROM cases k WHERE k.id = disclosures.case_id);
DROP INDEX disclosures_case;
CREATE INDEX disclosures_case ON disclosures (place);

-- A case's legs; of one service at one receiver at most one is open.
ALTER TABLE legs ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
UPDATE legs SET place = (SELECT k.place FROM cases k WHERE k.id = legs.case_id);
DROP INDEX legs_case;
CREATE UNIQUE INDEX legs_case ON legs (place, receiver, (CASE WHEN ended IS NULL THEN service ELSE number END));

-- What is owed on an act that is of no case has the place 0.
ALTER TABLE duties ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
UPDATE duties SET place = COALESCE((SELECT k.place FROM cases k WHERE k.id = duties.case_id), 0);
DROP INDEX duties_one_open;
CREATE UNIQUE INDEX duties_one_open ON duties (place, object, duty) WHERE ended IS NULL;
DROP INDEX duties_past;
CREATE INDEX duties_past ON duties (place, object) WHERE ended IS NOT NULL;

ALTER TABLE assignments RENAME TO assignments_before;
CREATE TABLE assignments (
    place BIGINT NOT NULL,
    account BYTEA NOT NULL,
    from_time BIGINT NOT NULL,
    until_time BIGINT,
    case_id BYTEA NOT NULL,
    entry BYTEA NOT NULL,
    PRIMARY KEY (place, account, from_time)
) /*sqlite: WITHOUT ROWID*/;
INSERT INTO assignments (place, account, from_time, until_time, case_id, entry)
    SELECT k.place, a.account, a.from_time, a.until_time, a.case_id, a.entry FROM assignments_before a JOIN cases k ON k.id = a.case_id;
DROP TABLE assignments_before;
CREATE INDEX assignments_account ON assignments (account, from_time) WHERE until_time IS NULL;

-- The receipt of a filing bears the number of its first leg that left the register, which stands in the leg alone.
ALTER TABLE submissions RENAME TO submissions_before;
CREATE TABLE submissions (
    place BIGINT NOT NULL,
    account BYTEA NOT NULL,
    time BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    opened BIGINT NOT NULL,
    occurred BIGINT,
    number TEXT, -- of a filing none of whose legs bears it
    case_id BYTEA NOT NULL,
    PRIMARY KEY (place, account, time, entry)
) /*sqlite: WITHOUT ROWID*/;
INSERT INTO submissions (place, account, time, entry, opened, occurred, number, case_id)
    SELECT k.place, s.account, s.time, s.entry, s.opened, s.occurred,
        CASE WHEN NOT EXISTS (SELECT 1 FROM legs l WHERE l.number = s.number) THEN s.number END, s.case_id
    FROM submissions_before s JOIN cases k ON k.id = s.case_id;
DROP TABLE submissions_before;
CREATE UNIQUE INDEX submissions_number ON submissions (number) WHERE number IS NOT NULL;

-- Wrapped keys are long for a table clustered by its key: its inner pages alone, of whole rows, were more than a cache holds.
ALTER TABLE deks RENAME TO deks_before;
CREATE TABLE deks (
    owner BYTEA NOT NULL,
    epoch BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    PRIMARY KEY (owner, epoch)
);
INSERT INTO deks (owner, epoch, wrapped) SELECT owner, epoch, wrapped FROM deks_before;
DROP TABLE deks_before;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
