-- The history of sites: one row for each accepted change (coverage.Entry).
CREATE TABLE site (
  station    BYTEA   NOT NULL CHECK (length(station) = 33),
  nonce      BIGINT  NOT NULL CHECK (nonce >= 0),
  from_epoch BIGINT  NOT NULL CHECK (from_epoch BETWEEN 1 AND 1099511627775),
  owner      BYTEA   NOT NULL CHECK (length(owner) = 20),
  cell       BIGINT  NOT NULL CHECK (cell > 0),
  x          BIGINT  NOT NULL, -- centre of the cell, mm
  y          BIGINT  NOT NULL,
  z          BIGINT  NOT NULL,
  gain       INTEGER NOT NULL CHECK (gain BETWEEN -32767 AND 32767), -- 0.01 dBi
  loss       INTEGER NOT NULL CHECK (loss BETWEEN 0 AND 32767),      -- 0.01 dB
  data_only  INTEGER NOT NULL CHECK (data_only IN (0, 1)),
  plan       TEXT    NOT NULL CHECK (plan <> ''),
  signed     BYTEA   NOT NULL, -- the change as it came, with its signatures
  PRIMARY KEY (station, nonce)
);
