-- A note is one value that is replaced again and again.
CREATE TABLE note (
  name TEXT PRIMARY KEY,
  body BLOB NOT NULL
) WITHOUT ROWID;
