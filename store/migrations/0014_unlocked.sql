-- +goose Up
-- "Find or make" needs no lock of its own: whoever writes has the turn (decision 29). What was looked for leaves no row.
DROP TABLE match_lock;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
