-- A queue is the frames of one destination, or the records of one kind.
CREATE TABLE queue (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);

-- An item is one frame, which has no key, or one record. Times are Unix
-- milliseconds, 0 where none is known. Acknowledged frames are deleted,
-- acknowledged and refused records stay for a while.
CREATE TABLE item (
  queue  INTEGER NOT NULL REFERENCES queue(id),
  number INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  body   BLOB NOT NULL,
  key    BLOB,
  state  INTEGER NOT NULL DEFAULT 0, -- 0 waiting, 1 acknowledged, 2 refused
  tries  INTEGER NOT NULL DEFAULT 0,
  due    INTEGER NOT NULL DEFAULT 0, -- of a waiting record: not before; else: settled then
  answer BLOB,                       -- the receipt, or the reason of a refusal
  PRIMARY KEY (queue, number)
) WITHOUT ROWID;

CREATE UNIQUE INDEX item_key ON item(queue, key) WHERE key IS NOT NULL;
CREATE INDEX item_due ON item(queue, state, due, number) WHERE key IS NOT NULL;
