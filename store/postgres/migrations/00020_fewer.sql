-- +goose Up

-- Each reminder that is decided writes to all indexes of its timeline. This one saved no reader anything: a workspace
-- that is one among many is found by timelines_message, which begins with it, and one that has most of the timelines
-- by the primary key.
DROP INDEX timelines_workspace;

-- +goose Down
CREATE INDEX timelines_workspace ON timelines (workspace, id);
