-- +goose Up

-- Rule 29: whose help desk told it. '' is the one desk of every workspace, as it was before.
ALTER TABLE desk_events ADD COLUMN workspace TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE desk_events DROP COLUMN workspace;
