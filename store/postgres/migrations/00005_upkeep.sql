-- +goose Up

-- The oldest schema that a program has to know to run on this one. Migrations only add, so that older
-- programs go on; one that takes away what they use raises this to the migration that made it unused.
CREATE TABLE schema_floor (version bigint NOT NULL);
INSERT INTO schema_floor (version) VALUES (0);

-- How far `slabuddy move` is that fills this database, if it was filled so: one row at most.
CREATE TABLE move (
    id          uuid PRIMARY KEY, -- the file it comes from holds the same
    source      text NOT NULL,
    began_at    timestamptz NOT NULL,
    finished_at timestamptz,      -- null: nobody may serve from this
    tab         text NOT NULL,    -- the table under way
    after       text NOT NULL,    -- the key of the last row that is here
    done        bigint NOT NULL   -- how many rows of that table are
);

-- +goose Down
DROP TABLE move, schema_floor;
