-- +goose Up
-- Whose blocks stand: asked of each handler of a unit below, for what she may not know of her unit's parent owes.
CREATE INDEX blocks_account ON blocks (account) WHERE until_time IS NULL AND account IS NOT NULL;
CREATE INDEX blocks_unit ON blocks (unit) WHERE until_time IS NULL AND unit IS NOT NULL;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
