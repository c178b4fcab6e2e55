-- +goose Up

-- With the deadline along, what is left of the open ones' time is counted from the index alone too.
DROP INDEX timelines_open_policy;
CREATE INDEX timelines_open_policy ON timelines (policy, deadline) WHERE state = 'open';

-- +goose Down
DROP INDEX timelines_open_policy;
CREATE INDEX timelines_open_policy ON timelines (policy) WHERE state = 'open';
