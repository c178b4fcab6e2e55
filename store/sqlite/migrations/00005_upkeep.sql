-- +goose Up

-- The oldest schema that a program has to know to run on this one. Migrations only add, so that older
-- programs go on; one that takes away what they use raises this to the migration that made it unused.
CREATE TABLE schema_floor (version INTEGER NOT NULL);
INSERT INTO schema_floor (version) VALUES (0);

-- Where `slabuddy move` takes all this, or has taken it: one row at most. While it is here, nobody may
-- serve from this file.
CREATE TABLE move (
    id          TEXT PRIMARY KEY NOT NULL, -- the database it goes to holds the same
    destination TEXT NOT NULL,             -- without user and password
    began_at    INTEGER NOT NULL,
    finished_at INTEGER
);

-- +goose Down
DROP TABLE move;
DROP TABLE schema_floor;
