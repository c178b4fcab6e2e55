-- +goose Up

-- What the help desk told beside the event itself: JSON, as store/internal/row writes it.
ALTER TABLE desk_events ADD COLUMN facts text NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE desk_events DROP COLUMN facts;
