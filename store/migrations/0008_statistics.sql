-- +goose Up
-- Figures. Nothing here is counted in a write: releases hold what was displayed once, and an office's morning tables are sealed for a day.
CREATE TABLE releases (
    id BYTEA NOT NULL PRIMARY KEY,
    dataset TEXT NOT NULL,
    period TEXT NOT NULL,
    state TEXT NOT NULL,
    held_for TEXT,
    closed BIGINT NOT NULL,
    drawn BIGINT,
    due BIGINT,
    publish BIGINT,
    published BIGINT,
    exported BIGINT,
    as_of BIGINT,
    catalogue INTEGER,
    terminology TEXT,
    deadlines TEXT,
    shown BYTEA,
    signature TEXT,
    note TEXT,
    revision BIGINT NOT NULL,
    entry BYTEA NOT NULL
);
-- A table of a period is drawn once.
CREATE UNIQUE INDEX releases_once ON releases (dataset, period);
CREATE INDEX releases_publish ON releases (state, publish);

-- Units that contribute to a protected release, and what each said of it.
CREATE TABLE release_units (
    release BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    said TEXT,
    account BYTEA,
    reason BYTEA,
    time BIGINT,
    entry BYTEA,
    PRIMARY KEY (release, unit)
);
CREATE INDEX release_units_unit ON release_units (unit, time);

-- What the releases of a year cost one person of a side, in thousandths of epsilon.
CREATE TABLE ledger (
    dataset TEXT NOT NULL,
    period TEXT NOT NULL,
    year INTEGER NOT NULL,
    side TEXT NOT NULL,
    cost BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    PRIMARY KEY (dataset, period)
);
CREATE INDEX ledger_year ON ledger (year, side);

-- The tables of one office's morning, sealed under its own data key and kept for a day. The id follows from office, table and period: a
-- sealed cell has its place in 16 bytes, like all others.
CREATE TABLE mornings (
    id BYTEA NOT NULL PRIMARY KEY,
    office BYTEA NOT NULL,
    table_id TEXT NOT NULL,
    period TEXT NOT NULL,
    day BIGINT NOT NULL,
    time BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE INDEX mornings_day ON mornings (day);

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
