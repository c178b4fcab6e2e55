-- +goose Up

-- With the deadline along, what is left of the open ones' time is counted from the index alone too.
-- Dropped first, because that takes the strongest lock at once: to begin with a weaker one and then ask for
-- more is a deadlock with an older program's statement that does the same.
DROP INDEX timelines_open_ticket;
CREATE UNIQUE INDEX timelines_open_ticket ON timelines (workspace, ticket_id) INCLUDE (policy, deadline) WHERE state = 'open';

-- +goose Down
DROP INDEX timelines_open_ticket;
CREATE UNIQUE INDEX timelines_open_ticket ON timelines (workspace, ticket_id) INCLUDE (policy) WHERE state = 'open';
