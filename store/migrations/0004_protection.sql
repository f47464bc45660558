-- +goose Up
-- Who may know: sign-in, roles that wait, app tokens, second persons, break-glass, seals and holds.

-- How an account signs in. password is an Argon2id string; the second factor's secret and the sign-on's subject are sealed under the
-- account's key, the latter found by its keyed tag (iss, sub). totp_step is the last step that was used: each code counts once.
CREATE TABLE sign_ins (
    account BYTEA NOT NULL PRIMARY KEY REFERENCES accounts (id),
    password TEXT,
    totp_step BIGINT NOT NULL,
    sign_on BYTEA UNIQUE,
    since BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    f2 BYTEA
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE recovery_codes (
    account BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    used BIGINT,
    PRIMARY KEY (account, hash)
) /*sqlite: WITHOUT ROWID*/;

-- Links that set up a sign-in. hash is SHA-256 of the secret. The setup link of the first start is of no account yet; f2 holds the
-- second factor's secret between the two steps of an enrolment.
CREATE TABLE invitations (
    hash BYTEA NOT NULL PRIMARY KEY,
    account BYTEA,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used BIGINT,
    entry BYTEA NOT NULL,
    f2 BYTEA
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX invitations_account ON invitations (account);

-- A sign-in that waits for somebody's word elsewhere (RFC 8628), or for the provider's (sign-on: state, nonce, verifier in f2).
CREATE TABLE device_grants (
    hash BYTEA NOT NULL PRIMARY KEY,
    user_code TEXT UNIQUE,
    client TEXT NOT NULL,
    membership BYTEA,
    mfa_time BIGINT,
    created BIGINT NOT NULL,
    asked BIGINT,
    expires BIGINT NOT NULL,
    used BIGINT
) /*sqlite: WITHOUT ROWID*/;

-- A credential is a session of a person (usr) or a token of an app (app), held to networks and a client certificate if named.
ALTER TABLE credentials ADD COLUMN kind TEXT NOT NULL DEFAULT 'usr';
ALTER TABLE credentials ADD COLUMN cidrs TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN certificate BYTEA;
ALTER TABLE credentials ADD COLUMN last_used BIGINT;
UPDATE credentials SET kind = 'app' WHERE scopes <> '';
CREATE INDEX credentials_membership ON credentials (membership);

-- A role works once a second person approved it; by is who gave it.
ALTER TABLE memberships ADD COLUMN given_by BYTEA;
ALTER TABLE memberships ADD COLUMN approved_by BYTEA;
CREATE INDEX memberships_waiting ON memberships (unit, from_time) WHERE approved IS NULL AND until_time IS NULL;

-- Acts that wait for a second person. The request is sealed under the owner's key, so an erasure takes it along.
CREATE TABLE approvals (
    id BYTEA NOT NULL PRIMARY KEY,
    action TEXT NOT NULL,
    method TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object BYTEA NOT NULL,
    case_id BYTEA,
    owner BYTEA NOT NULL,
    account BYTEA NOT NULL,
    credential TEXT NOT NULL,
    membership BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    request_id BYTEA NOT NULL,
    mac BYTEA NOT NULL,
    needed_role TEXT NOT NULL,
    needed_unit BYTEA,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    state TEXT NOT NULL,
    decided BIGINT,
    decided_by BYTEA,
    revision BIGINT NOT NULL,
    entry BYTEA NOT NULL,
    request BYTEA NOT NULL,
    f4 BYTEA,
    UNIQUE (account, request_id)
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX approvals_waiting ON approvals (needed_role, expires, id) WHERE state = 'WAITING';
CREATE INDEX approvals_account ON approvals (account, created);
CREATE INDEX approvals_case ON approvals (case_id);

-- Cases opened in an emergency. An attempt counts whether it found something or not: case_id is then NULL. reason and answer in f4.
CREATE TABLE glasses (
    id BYTEA NOT NULL PRIMARY KEY,
    account BYTEA NOT NULL,
    unit BYTEA NOT NULL,
    case_id BYTEA,
    code TEXT NOT NULL,
    from_time BIGINT NOT NULL,
    until_time BIGINT NOT NULL,
    cosigned BIGINT,
    cosigned_by BYTEA,
    suspended BIGINT,
    entry BYTEA NOT NULL,
    f4 BYTEA
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX glasses_account ON glasses (account, from_time);
CREATE INDEX glasses_case ON glasses (case_id, account) WHERE case_id IS NOT NULL;

-- The actor's own account of an act under review.
ALTER TABLE reviews ADD COLUMN answered BIGINT;
ALTER TABLE reviews ADD COLUMN answer_f4 BYTEA;

-- Manual blocks say who added them; the reason is in f4.
ALTER TABLE blocks ADD COLUMN added_by BYTEA;

-- Legal holds keep a case from erasure. f4 holds the order and the reason.
CREATE TABLE holds (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL,
    from_time BIGINT NOT NULL,
    until_time BIGINT,
    entry BYTEA NOT NULL,
    f4 BYTEA NOT NULL
) /*sqlite: WITHOUT ROWID*/;
CREATE INDEX holds_case ON holds (case_id);

-- Who looked at a case, for the client's list: the journal by case. Only what concerns a case costs a page.
CREATE INDEX journal_case ON journal (case_id, number) WHERE case_id IS NOT NULL;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
