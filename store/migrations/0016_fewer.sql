-- +goose Up
-- Each index whose key is an id of chance costs a filing a page of its own once the tables are large. So one index says what two said, where
-- a row that is over takes its number for what it may share no longer; and whom a basis names stands in the basis.

-- A person's cases; a child has at most one open case of the growth group (design: domain 1). Two filings in one millisecond meet here.
DROP INDEX cases_one_growth;
DROP INDEX cases_subject;
CREATE UNIQUE INDEX cases_subject ON cases (subject, (
    CASE WHEN closed IS NULL AND type IN ('CHILD_STUNTING', 'CHILD_NUTRITION_RISK', 'GROWTH_MONITORING') THEN '' ELSE number END));

-- A case's legs; of one service at one receiver at most one is open.
DROP INDEX legs_one_open;
DROP INDEX legs_case;
CREATE UNIQUE INDEX legs_case ON legs (case_id, receiver, (CASE WHEN ended IS NULL THEN service ELSE number END));

-- What is owed on a case and on its legs stands side by side.
DROP INDEX duties_one_open;
CREATE UNIQUE INDEX duties_one_open ON duties (case_id, object, duty) WHERE ended IS NULL;

-- Ids of units, one after the other, lowest first.
ALTER TABLE disclosures ADD COLUMN receivers BYTEA NOT NULL DEFAULT '';
UPDATE disclosures SET receivers = (SELECT /*sqlite: CAST(*/ coalesce(string_agg(u.unit, '' ORDER BY u.unit), '') /*sqlite: AS BLOB)*/
    FROM disclosure_units u WHERE u.disclosure = disclosures.id);
DROP TABLE disclosure_units;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
