-- +goose Up
-- The closed loop and the life of a case. An index is here only if a promise needs it: each one costs every filing a page.

-- The directory: names of their time, opening hours, room that stands until an instant and is then UNKNOWN. A confidential unit is
-- listed by its contact unit.
ALTER TABLE units ADD COLUMN contact BYTEA;
ALTER TABLE unit_services ADD COLUMN capacity_until BIGINT;
ALTER TABLE unit_services ADD COLUMN entry BYTEA;
ALTER TABLE windows ADD COLUMN basis TEXT NOT NULL DEFAULT '';

CREATE TABLE unit_aliases (
    unit BYTEA NOT NULL REFERENCES units (id),
    name TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    until_day BIGINT,
    PRIMARY KEY (unit, name, from_day)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE unit_hours (
    unit BYTEA NOT NULL REFERENCES units (id),
    weekday BIGINT NOT NULL,
    opens BIGINT NOT NULL,
    closes BIGINT NOT NULL,
    PRIMARY KEY (unit, weekday, opens)
) /*sqlite: WITHOUT ROWID*/;

-- Legs: rounds of questions, chains, letters. recorder is who wrote down the outcome of a unit without accounts: another confirms.
ALTER TABLE legs ADD COLUMN forwarded_by BYTEA;
ALTER TABLE legs ADD COLUMN info_rounds BIGINT NOT NULL DEFAULT 0;
ALTER TABLE legs ADD COLUMN questions TEXT;
ALTER TABLE legs ADD COLUMN answered BIGINT;
ALTER TABLE legs ADD COLUMN reopened BIGINT;
ALTER TABLE legs ADD COLUMN expected_on BIGINT;
ALTER TABLE legs ADD COLUMN appointment BIGINT;
ALTER TABLE legs ADD COLUMN after_leg BYTEA;
ALTER TABLE legs ADD COLUMN recorder BYTEA;
CREATE INDEX legs_case ON legs (case_id, sent, id); -- a case reads all its legs
CREATE INDEX legs_root ON legs (root) WHERE previous IS NOT NULL; -- a chain; a first leg is its own root
CREATE INDEX legs_after ON legs (after_leg) WHERE after_leg IS NOT NULL AND ended IS NULL;
CREATE INDEX legs_officer ON legs (officer) WHERE officer IS NOT NULL AND ended IS NULL;

ALTER TABLE progress ADD COLUMN heard_by TEXT;
ALTER TABLE progress ADD COLUMN diagnosis_f3 BYTEA;

-- Cases: what of their life is asked of many at once stands in clear, the rest sealed. f4 holds shelter and new address.
ALTER TABLE cases ADD COLUMN closure TEXT;
ALTER TABLE cases ADD COLUMN reopens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN service_consent TEXT;
ALTER TABLE cases ADD COLUMN risk_assessed BIGINT;
ALTER TABLE cases ADD COLUMN care_refused BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN legacy BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN f4 BYTEA;
CREATE INDEX cases_unit ON cases (unit, opened, id) WHERE closed IS NULL; -- a posyandu's roster

-- What happened to a case, for its timeline: the journal names nobody and cannot be asked by case.
CREATE TABLE case_events (
    case_id BYTEA NOT NULL,
    time BIGINT NOT NULL,
    id BYTEA NOT NULL,
    event TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    unit BYTEA,
    account BYTEA,
    entry BYTEA NOT NULL,
    PRIMARY KEY (case_id, time, id)
) /*sqlite: WITHOUT ROWID*/;

-- Which fields of a case or person each revision changed: "changed since" of an update with a stale etag.
CREATE TABLE changes (
    object BYTEA NOT NULL,
    revision BIGINT NOT NULL,
    fields TEXT NOT NULL,
    unit BYTEA NOT NULL,
    account BYTEA NOT NULL,
    time BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    PRIMARY KEY (object, revision)
) /*sqlite: WITHOUT ROWID*/;

ALTER TABLE notes ADD COLUMN kind TEXT NOT NULL DEFAULT 'NOTE';
ALTER TABLE notes ADD COLUMN service TEXT;
ALTER TABLE notes ADD COLUMN channel TEXT;
ALTER TABLE notes ADD COLUMN served_on BIGINT;

CREATE TABLE legal_steps (
    id BYTEA PRIMARY KEY,
    case_id BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    account BYTEA NOT NULL,
    recorded BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    f4 BYTEA NOT NULL
);
CREATE INDEX legal_steps_case ON legal_steps (case_id, recorded);

ALTER TABLE tasks ADD COLUMN officer BYTEA;
ALTER TABLE tasks ADD COLUMN ended_by BYTEA;
ALTER TABLE tasks ADD COLUMN reason_f3 BYTEA;
-- Tasks made by hand are each their own; those of a rule are one while open.
DROP INDEX tasks_open;
CREATE UNIQUE INDEX tasks_open ON tasks (case_id, label, service, unit) WHERE ended IS NULL AND by_rule = 1;
CREATE INDEX tasks_case ON tasks (case_id, created);

-- Who stands in for whom. Rights follow for that time alone.
CREATE INDEX assignments_account ON assignments (account, from_time) WHERE until_time IS NULL; -- by time: a new one dirties no page of its own
CREATE TABLE absences (
    id BYTEA PRIMARY KEY,
    account BYTEA NOT NULL,
    deputy BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    from_time BIGINT NOT NULL,
    until_time BIGINT NOT NULL,
    entry BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX absences_deputy ON absences (deputy, until_time);
CREATE INDEX absences_account ON absences (account, until_time);
CREATE INDEX absences_unit ON absences (unit, until_time);

-- Bases of disclosure: what they were given for, whom they renew, who recorded them, and when their end was last told.
ALTER TABLE disclosures ADD COLUMN services TEXT NOT NULL DEFAULT '';
ALTER TABLE disclosures ADD COLUMN replaces BYTEA;
ALTER TABLE disclosures ADD COLUMN account BYTEA;
ALTER TABLE disclosures ADD COLUMN reminded BIGINT;
CREATE INDEX disclosures_until ON disclosures (until_time) WHERE withdrawn IS NULL AND until_time IS NOT NULL;

-- What a second person looks at. account is whose act it is: nobody reviews their own.
CREATE TABLE reviews (
    id BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    object BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    account BYTEA NOT NULL,
    started BIGINT NOT NULL,
    due BIGINT NOT NULL,
    outcome TEXT,
    decided BIGINT,
    decided_by BYTEA,
    revision BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    f3 BYTEA
);
CREATE UNIQUE INDEX reviews_open ON reviews (kind, object) WHERE decided IS NULL;
CREATE INDEX reviews_due ON reviews (due, id) WHERE decided IS NULL;
CREATE INDEX reviews_case ON reviews (case_id);

-- Duties: rise is the next escalation that nobody was told of yet; NULL when all three were.
ALTER TABLE duties ADD COLUMN rise BIGINT;
ALTER TABLE duties ADD COLUMN basis TEXT NOT NULL DEFAULT '';
UPDATE duties SET rise = due WHERE ended IS NULL;
CREATE INDEX duties_rise ON duties (rise) WHERE ended IS NULL AND rise IS NOT NULL;

CREATE TABLE escalations (
    object BYTEA NOT NULL,
    duty TEXT NOT NULL,
    started BIGINT NOT NULL,
    level BIGINT NOT NULL,
    unit BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    time BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    PRIMARY KEY (object, duty, started, level)
) /*sqlite: WITHOUT ROWID*/;

-- What an account or the holders of a role in a unit (target) were told. It holds nothing about a person; object is named only to who
-- may read it. Clustered by target, so that a notice costs one page and a list one range.
CREATE TABLE notices (
    target BYTEA NOT NULL,
    time BIGINT NOT NULL,
    id BYTEA NOT NULL,
    role TEXT NOT NULL,
    kind TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    unit BYTEA,
    level BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    PRIMARY KEY (target, time, id)
) /*sqlite: WITHOUT ROWID*/;

-- Households of one register and side. The family card's number is sealed; its keyed tag, of register, side and number, finds it.
-- The tag is not unique: a household whose members the caller may not see must neither be told nor stand in the way.
CREATE TABLE households (
    id BYTEA PRIMARY KEY,
    register BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    side TEXT NOT NULL,
    kecamatan TEXT NOT NULL,
    created BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    f2 BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE household_members (
    id BYTEA PRIMARY KEY,
    household BYTEA NOT NULL,
    person BYTEA NOT NULL,
    from_day BIGINT NOT NULL,
    until_day BIGINT,
    entry BYTEA NOT NULL,
    f2 BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX household_members_household ON household_members (household);
CREATE INDEX household_members_person ON household_members (person);

CREATE TABLE family_cards (
    id BYTEA PRIMARY KEY,
    household BYTEA NOT NULL,
    tag BYTEA NOT NULL,
    reason TEXT NOT NULL,
    from_day BIGINT NOT NULL,
    until_day BIGINT,
    entry BYTEA NOT NULL,
    f2 BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX family_cards_now ON family_cards (tag) WHERE until_day IS NULL;
CREATE INDEX family_cards_household ON family_cards (household);

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
