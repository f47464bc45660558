-- +goose Up
-- Tables of small rows are clustered by their key on SQLite, which saves them a second tree. Those of rows beyond a twentieth of a page are
-- not: the inner pages of such a tree hold whole rows too, ten a page, so that at a million it is seven pages deep and no cache holds them.

-- The directory. Changed by the operator's commands alone; the server holds it in memory and reads it again when
-- settings.directory changes.
CREATE TABLE regions (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    level TEXT NOT NULL
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE units (
    id BYTEA PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    parent BYTEA REFERENCES units (id),
    register BYTEA NOT NULL,
    channel TEXT NOT NULL,
    area TEXT NOT NULL,
    duty_officer BYTEA,
    active_from BIGINT NOT NULL,
    active_until BIGINT,
    revision BIGINT NOT NULL,
    entry BYTEA NOT NULL
);

CREATE TABLE unit_services (
    unit BYTEA NOT NULL REFERENCES units (id),
    service TEXT NOT NULL,
    area TEXT NOT NULL,
    capacity TEXT NOT NULL,
    bring TEXT NOT NULL,
    PRIMARY KEY (unit, service, area)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE deadlines (
    case_type TEXT NOT NULL,
    service TEXT NOT NULL,
    urgency TEXT NOT NULL,
    duty TEXT NOT NULL,
    kind TEXT NOT NULL,
    effective_from BIGINT NOT NULL,
    effective_until BIGINT NOT NULL,
    duration TEXT NOT NULL,
    step TEXT NOT NULL,
    basis TEXT NOT NULL,
    PRIMARY KEY (case_type, service, urgency, duty, kind, effective_from)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE windows (
    weekday BIGINT NOT NULL,
    opens BIGINT NOT NULL,
    closes BIGINT NOT NULL,
    effective_from BIGINT NOT NULL,
    effective_until BIGINT NOT NULL,
    PRIMARY KEY (weekday, opens, effective_from)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE holidays (
    day BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    basis TEXT NOT NULL
) /*sqlite: WITHOUT ROWID*/;

-- Accounts: one natural person, one account; an app is an account of one unit. f2 holds the name.
CREATE TABLE accounts (
    id BYTEA PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    nik_tag BYTEA UNIQUE,
    active_until BIGINT,
    revision BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    f2 BYTEA
);

CREATE TABLE memberships (
    id BYTEA PRIMARY KEY,
    account BYTEA NOT NULL REFERENCES accounts (id),
    role TEXT NOT NULL,
    unit BYTEA NOT NULL REFERENCES units (id),
    from_time BIGINT NOT NULL,
    until_time BIGINT,
    approved BIGINT,
    entry BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX memberships_unit ON memberships (unit, role);
CREATE INDEX memberships_account ON memberships (account);

-- A credential is bound to one membership. The secret has 256 random bits, so a plain SHA-256 is enough.
CREATE TABLE credentials (
    id TEXT PRIMARY KEY,
    hash BYTEA NOT NULL,
    membership BYTEA NOT NULL REFERENCES memberships (id),
    scopes TEXT NOT NULL,
    mfa_time BIGINT,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    revoked BIGINT,
    entry BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;

-- Match tags find the same person inside one register and side; match_lock makes "find or make" one step on every engine.
CREATE TABLE match_tags (
    tag BYTEA NOT NULL,
    person BYTEA NOT NULL,
    PRIMARY KEY (tag, person)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE match_lock (
    tag BYTEA PRIMARY KEY,
    taken BIGINT NOT NULL
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE persons (
    id BYTEA PRIMARY KEY,
    register BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    side TEXT NOT NULL,
    sex TEXT NOT NULL,
    kecamatan TEXT NOT NULL,
    created BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    f2 BYTEA NOT NULL
);

CREATE TABLE cases (
    id BYTEA PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    register BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    type TEXT NOT NULL,
    level TEXT NOT NULL,
    status TEXT NOT NULL,
    state TEXT NOT NULL,
    subject BYTEA NOT NULL,
    kecamatan TEXT NOT NULL,
    channel TEXT NOT NULL,
    index_incident BYTEA,
    risk TEXT NOT NULL,
    opened BIGINT NOT NULL,
    closed BIGINT,
    lock BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    f3 BYTEA
);
CREATE INDEX cases_register ON cases (register, opened, id);
-- A child has at most one open case of the growth group (design: domain 1). Two filings in one millisecond meet here.
CREATE UNIQUE INDEX cases_one_growth ON cases (subject)
    WHERE closed IS NULL AND type IN ('CHILD_STUNTING', 'CHILD_NUTRITION_RISK', 'GROWTH_MONITORING');
CREATE INDEX cases_subject ON cases (subject);

CREATE TABLE incidents (
    id BYTEA PRIMARY KEY,
    case_id BYTEA NOT NULL,
    recorded BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    f4 BYTEA NOT NULL
);
CREATE INDEX incidents_case ON incidents (case_id);

CREATE TABLE pairs (
    id BYTEA PRIMARY KEY,
    incident BYTEA NOT NULL REFERENCES incidents (id),
    case_id BYTEA NOT NULL,
    entry BYTEA NOT NULL,
    f4 BYTEA NOT NULL
);
CREATE INDEX pairs_incident ON pairs (incident);

-- NIKs, as tags, whose accounts are blocked from a case: of an alleged perpetrator, at L2 and L3 of the subject too (design: access,
-- Blocks). A new account is looked up here.
CREATE TABLE barred (
    nik_tag BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    entry BYTEA NOT NULL,
    PRIMARY KEY (nik_tag, case_id)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE measurements (
    id BYTEA PRIMARY KEY,
    case_id BYTEA NOT NULL,
    person BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    account BYTEA NOT NULL,
    health_worker BIGINT NOT NULL,
    day BIGINT NOT NULL,
    desa TEXT,
    recorded BIGINT NOT NULL,
    corrects BYTEA,
    entry BYTEA NOT NULL,
    f3 BYTEA NOT NULL
);
CREATE INDEX measurements_person ON measurements (person, day);

CREATE TABLE notes (
    id BYTEA PRIMARY KEY,
    case_id BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    account BYTEA NOT NULL,
    class TEXT NOT NULL,
    recorded BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    f3 BYTEA,
    f4 BYTEA
);
CREATE INDEX notes_case ON notes (case_id);

CREATE TABLE tasks (
    id BYTEA PRIMARY KEY,
    case_id BYTEA NOT NULL,
    label TEXT NOT NULL,
    service TEXT NOT NULL,
    unit BYTEA NOT NULL,
    by_rule BIGINT NOT NULL,
    state TEXT NOT NULL,
    created BIGINT NOT NULL,
    ended BIGINT,
    revision BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    f3 BYTEA
) /*sqlite: WITHOUT ROWID*/;
-- A service asked again while open is the same task (design: domain 2).
CREATE UNIQUE INDEX tasks_open ON tasks (case_id, label, service, unit) WHERE ended IS NULL;

-- Rights are rows {from, until}, changed in until alone.
CREATE TABLE assignments (
    case_id BYTEA NOT NULL,
    account BYTEA NOT NULL,
    from_time BIGINT NOT NULL,
    until_time BIGINT,
    entry BYTEA NOT NULL,
    PRIMARY KEY (case_id, account, from_time)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE submissions (
    number TEXT PRIMARY KEY,
    account BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    opened BIGINT NOT NULL,
    time BIGINT NOT NULL,
    occurred BIGINT,
    entry BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX submissions_case ON submissions (case_id, account, time, opened);

CREATE TABLE blocks (
    id BYTEA PRIMARY KEY,
    case_id BYTEA NOT NULL,
    account BYTEA,
    unit BYTEA,
    automatic BIGINT NOT NULL,
    from_time BIGINT NOT NULL,
    until_time BIGINT,
    entry BYTEA NOT NULL,
    f4 BYTEA
);
CREATE INDEX blocks_case ON blocks (case_id);

CREATE TABLE disclosures (
    id BYTEA PRIMARY KEY,
    case_id BYTEA NOT NULL,
    kind TEXT NOT NULL,
    unit BYTEA NOT NULL,
    from_time BIGINT NOT NULL,
    until_time BIGINT,
    withdrawn BIGINT,
    scope BIGINT NOT NULL,
    named BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    f3 BYTEA NOT NULL
);
CREATE INDEX disclosures_case ON disclosures (case_id);

CREATE TABLE disclosure_units (
    disclosure BYTEA NOT NULL REFERENCES disclosures (id),
    unit BYTEA NOT NULL,
    PRIMARY KEY (disclosure, unit)
) /*sqlite: WITHOUT ROWID*/;

-- A leg carries none of its instants: they stand in its row of duties.
CREATE TABLE legs (
    id BYTEA PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    case_id BYTEA NOT NULL,
    root BYTEA NOT NULL,
    previous BYTEA,
    hop BIGINT NOT NULL,
    account BYTEA NOT NULL,
    sender BYTEA NOT NULL,
    sender_register BYTEA NOT NULL,
    receiver BYTEA NOT NULL,
    receiver_register BYTEA NOT NULL,
    service TEXT NOT NULL,
    urgency TEXT NOT NULL,
    state TEXT NOT NULL,
    disclosure BYTEA NOT NULL,
    officer BYTEA,
    sent BIGINT NOT NULL,
    acknowledged BIGINT,
    accepted BIGINT,
    served_on BIGINT,
    reported BIGINT,
    ended BIGINT,
    decline_reason TEXT,
    suggested_unit BYTEA,
    cancel_reason TEXT,
    outcome TEXT,
    outcome_reason TEXT,
    unmet TEXT,
    follow_up BYTEA,
    receiver_case BYTEA,
    no_shows BIGINT NOT NULL,
    reopens BIGINT NOT NULL,
    unconfirmed BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    f3 BYTEA,
    report_f3 BYTEA
);
CREATE UNIQUE INDEX legs_one_open ON legs (case_id, service, receiver) WHERE ended IS NULL;
CREATE INDEX legs_receiver ON legs (receiver, sent, id);
CREATE INDEX legs_sender ON legs (sender_register, sent, id);
CREATE INDEX legs_account ON legs (account, sent, id);

CREATE TABLE progress (
    id BYTEA PRIMARY KEY,
    leg BYTEA NOT NULL REFERENCES legs (id),
    kind TEXT NOT NULL,
    account BYTEA NOT NULL,
    recorded BIGINT NOT NULL,
    occurred BIGINT,
    channel TEXT,
    expected_on BIGINT,
    appointment BIGINT,
    served_on BIGINT,
    entry BYTEA NOT NULL,
    f3 BYTEA
);
CREATE INDEX progress_leg ON progress (leg, recorded);

-- Every thing owed, by whom, by when: every list of what is due and the sweep read this alone.
CREATE TABLE duties (
    id BYTEA PRIMARY KEY,
    kind TEXT NOT NULL,
    object BYTEA NOT NULL,
    case_id BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    officer BYTEA,
    duty TEXT NOT NULL,
    started BIGINT NOT NULL,
    due BIGINT NOT NULL,
    legal BIGINT,
    level2 BIGINT NOT NULL,
    level3 BIGINT NOT NULL,
    lapse BIGINT,
    rule TEXT NOT NULL,
    ended BIGINT,
    entry BYTEA NOT NULL
);
CREATE UNIQUE INDEX duties_one_open ON duties (object, duty) WHERE ended IS NULL;
CREATE INDEX duties_unit ON duties (unit, due, id) WHERE ended IS NULL;
CREATE INDEX duties_officer ON duties (officer, due, id) WHERE ended IS NULL;
CREATE INDEX duties_lapse ON duties (lapse) WHERE ended IS NULL AND lapse IS NOT NULL;

-- What a request was answered, kept in the transaction of its effect and sealed under the owner's key.
CREATE TABLE requests (
    account BYTEA NOT NULL,
    id BYTEA NOT NULL,
    method TEXT NOT NULL,
    mac BYTEA NOT NULL,
    owner BYTEA NOT NULL,
    case_id BYTEA,
    leg BYTEA,
    mask BIGINT NOT NULL,
    answer BYTEA NOT NULL,
    time BIGINT NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE INDEX requests_time ON requests (time);

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
