-- +goose Up
-- The code that the statistics office has for a place; NULL: the regency's list does not say.
ALTER TABLE regions ADD COLUMN bps TEXT;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
