-- What a network never changes, and the newest epoch that has begun in it: at most one row.
CREATE TABLE terms (
  id      BIGINT PRIMARY KEY CHECK (id = 1),
  network BYTEA  NOT NULL CHECK (length(network) = 8),
  timing  TEXT   NOT NULL CHECK (length(timing) BETWEEN 1 AND 1024),
  begun   BIGINT NOT NULL CHECK (begun BETWEEN 0 AND 1099511627775)
);
