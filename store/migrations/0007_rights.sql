-- +goose Up
-- Whose blocks stand: asked of each handler of a unit below, for what she may not know of her unit's parent owes.
CREATE INDEX blocks_account ON blocks (account) WHERE until_time IS NULL AND account IS NOT NULL;
CREATE INDEX blocks_unit ON blocks (unit) WHERE until_time IS NULL AND unit IS NOT NULL;

-- Rights that end by time: when their end was put on record. A right that a person has ended has the entry of that act.
ALTER TABLE disclosures ADD COLUMN end_noted BIGINT;
ALTER TABLE glasses ADD COLUMN end_noted BIGINT;
ALTER TABLE absences ADD COLUMN end_noted BIGINT;
DROP INDEX disclosures_until;
CREATE INDEX disclosures_until ON disclosures (until_time) WHERE withdrawn IS NULL AND until_time IS NOT NULL AND end_noted IS NULL;
CREATE INDEX glasses_until ON glasses (until_time) WHERE case_id IS NOT NULL AND end_noted IS NULL;
CREATE INDEX absences_until ON absences (until_time) WHERE end_noted IS NULL;

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
