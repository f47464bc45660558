-- +goose Up
-- What a count of a unit's month finds its rows by: its cost must not grow with history or regency. A filing without a measurement touches
-- none of these pages; its cases and legs are found by cases_register, cases_unit, legs_receiver and legs_sender, which it has paid.

-- What a post measures on one day stands together, so that a weighing session stays on a page or two.
CREATE INDEX measurements_unit ON measurements (unit, day);
-- Which measurements were put right, whenever that was; few are.
CREATE INDEX measurements_corrects ON measurements (corrects) WHERE corrects IS NOT NULL;
-- What ended in a month, and what was still open in it.
CREATE INDEX cases_closed ON cases (register, closed) WHERE closed IS NOT NULL;
-- When a child who was only watched became a case: no case of any figure before. NULL: at its opening.
ALTER TABLE cases ADD COLUMN became BIGINT;
CREATE INDEX cases_became ON cases (register, became) WHERE became IS NOT NULL;
-- Services given in a unit's own cases.
CREATE INDEX notes_served ON notes (unit, served_on) WHERE kind = 'SERVICE';
-- What was owed on a leg before. Its first duty comes here when it ends: the filing itself does not pay.
CREATE INDEX duties_past ON duties (object) WHERE ended IS NOT NULL AND kind = 'LEG';

-- +goose Down
-- Forward only: going back is restoring the backup.
SELECT 1;
