-- +goose Up
-- The tables of the engine itself. One text serves SQLite and PostgreSQL; what only SQLite should read stands in a comment
-- that begins with "sqlite:", see migrate.go.

-- The journal: canonical bytes and, beside them and not hashed, what feeds and access lists need. Clustered by number.
CREATE TABLE journal (
  number BIGINT NOT NULL PRIMARY KEY,
  id BYTEA NOT NULL,
  time BIGINT NOT NULL,
  object_id BYTEA,
  case_id BYTEA,
  bytes BYTEA NOT NULL,
  reason BYTEA
) /*sqlite: WITHOUT ROWID*/;

-- Data keys, one per owner and epoch, wrapped by the KEK with AAD dek/owner/epoch. Deleting one erases its owner.
CREATE TABLE deks (
  owner BYTEA NOT NULL,
  epoch BIGINT NOT NULL,
  wrapped BYTEA NOT NULL,
  PRIMARY KEY (owner, epoch)
) /*sqlite: WITHOUT ROWID*/;

CREATE TABLE settings (
  key TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL
) /*sqlite: WITHOUT ROWID*/;

-- +goose Down
DROP TABLE settings;
DROP TABLE deks;
DROP TABLE journal;
