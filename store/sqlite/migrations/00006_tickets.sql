-- +goose Up

-- Rule 1: a message opens one timeline for each ticket that it carries, for ever.
DROP INDEX timelines_message;
CREATE UNIQUE INDEX timelines_message ON timelines (workspace, channel, thread_ts, ticket_id);

-- +goose Down
DROP INDEX timelines_message;
CREATE UNIQUE INDEX timelines_message ON timelines (workspace, channel, thread_ts);
