-- What a network never changes, and the newest epoch that has begun in it: at most one row.
CREATE TABLE terms (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  network BLOB    NOT NULL CHECK (length(network) = 8),
  timing  TEXT    NOT NULL CHECK (length(timing) BETWEEN 1 AND 1024),
  begun   INTEGER NOT NULL CHECK (begun BETWEEN 0 AND 1099511627775)
) STRICT;
