-- +goose Up

-- In a channel's line reminders go before answers, and the ticket that was longest untold comes first: since when
-- somebody waits for a job. Null: nobody in particular does.
ALTER TABLE jobs ADD COLUMN awaited_at INTEGER;

-- +goose Down
ALTER TABLE jobs DROP COLUMN awaited_at;
