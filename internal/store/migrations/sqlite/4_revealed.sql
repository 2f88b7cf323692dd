-- What an instance without a chain's seed has to know: where the chain begins, 0 if that was not
-- noted, and the newest slot of it that was revealed, 0 if none was.
ALTER TABLE anchor ADD COLUMN from_slot INTEGER NOT NULL DEFAULT 0;
ALTER TABLE anchor ADD COLUMN revealed INTEGER NOT NULL DEFAULT 0;
