-- +goose Up

-- Rule 1: once a ticket's message was deleted, a reminder's thread takes its place. thread_ts stays what it was.
ALTER TABLE timelines ADD COLUMN moved_ts text NOT NULL DEFAULT '';
CREATE INDEX timelines_moved ON timelines (workspace, channel, moved_ts) WHERE moved_ts <> '';

-- +goose Down
DROP INDEX timelines_moved;
ALTER TABLE timelines DROP COLUMN moved_ts;
