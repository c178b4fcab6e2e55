-- +goose Up

-- Solved tickets that may come back: next_at is when the help desk is asked about one. There are few of them.
CREATE INDEX timelines_solved ON timelines (next_at) WHERE state <> 'open' AND next_at IS NOT NULL;

-- +goose Down
DROP INDEX timelines_solved;
