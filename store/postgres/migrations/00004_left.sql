-- +goose Up

-- With the deadline along, what is left of the open ones' time is counted from the index alone too.
CREATE UNIQUE INDEX timelines_open_ticket_left ON timelines (workspace, ticket_id) INCLUDE (policy, deadline) WHERE state = 'open';
DROP INDEX timelines_open_ticket;
ALTER INDEX timelines_open_ticket_left RENAME TO timelines_open_ticket;

-- +goose Down
CREATE UNIQUE INDEX timelines_open_ticket_left ON timelines (workspace, ticket_id) INCLUDE (policy) WHERE state = 'open';
DROP INDEX timelines_open_ticket;
ALTER INDEX timelines_open_ticket_left RENAME TO timelines_open_ticket;
