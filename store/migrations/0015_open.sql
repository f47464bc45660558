-- +goose Up
-- What is open of a register, without its years of closed cases: who looks at the list, and who compares its records, reads these rows alone.
-- Cases open in order of time, so that the index grows at its end.
CREATE INDEX cases_open ON cases (register, opened, id) WHERE closed IS NULL;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
