-- The chains of entropy that were anchored: one for each end and revision.
CREATE TABLE anchor (
  to_slot  INTEGER NOT NULL CHECK (to_slot BETWEEN 1 AND 1099511627775),
  revision INTEGER NOT NULL CHECK (revision BETWEEN 0 AND 4294967295),
  x0       BLOB    NOT NULL CHECK (length(x0) = 32),
  PRIMARY KEY (to_slot, revision)
) STRICT, WITHOUT ROWID;
