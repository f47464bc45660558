-- +goose Up
-- A person has a place, as a case has (0017). What is asked by person stands by it: a filing of a child that is new writes its case and its
-- measurement beside those of the child before, where the person's id, which is chance, would take each to a page of its own.
ALTER TABLE persons ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
UPDATE persons SET place = p.n FROM (SELECT id, row_number() OVER (ORDER BY created, id) AS n FROM persons) p WHERE p.id = persons.id;
CREATE UNIQUE INDEX persons_place ON persons (place);

-- A person's cases; a child has at most one open case of the growth group (design: domain 1).
ALTER TABLE cases ADD COLUMN person_place BIGINT NOT NULL DEFAULT 0;
UPDATE cases SET person_place = (SELECT p.place FROM persons p WHERE p.id = cases.subject);
DROP INDEX cases_subject;
CREATE UNIQUE INDEX cases_subject ON cases (person_place, (
    CASE WHEN closed IS NULL AND type IN ('CHILD_STUNTING', 'CHILD_NUTRITION_RISK', 'GROWTH_MONITORING') THEN '' ELSE number END));

-- A measurement is asked for by its child and never by its id alone.
ALTER TABLE measurements RENAME TO measurements_before;
CREATE TABLE measurements (
    person_place BIGINT NOT NULL,
    day BIGINT NOT NULL,
    id BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    person BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    account BYTEA NOT NULL,
    health_worker BIGINT NOT NULL,
    desa TEXT,
    recorded BIGINT NOT NULL,
    corrects BYTEA,
    entry BYTEA NOT NULL,
    f3 BYTEA NOT NULL,
    PRIMARY KEY (person_place, day, id)
);
INSERT INTO measurements (person_place, day, id, case_id, person, unit, account, health_worker, desa, recorded, corrects, entry, f3)
    SELECT (SELECT p.place FROM persons p WHERE p.id = m.person), m.day, m.id, m.case_id, m.person, m.unit, m.account, m.health_worker, m.desa, m.recorded, m.corrects, m.entry, m.f3
    FROM measurements_before m ORDER BY m.recorded, m.id;
DROP TABLE measurements_before;
CREATE INDEX measurements_unit ON measurements (unit, day);
CREATE INDEX measurements_corrects ON measurements (corrects) WHERE corrects IS NOT NULL;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
