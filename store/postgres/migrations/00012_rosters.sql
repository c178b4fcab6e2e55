-- +goose Up

-- Rule 16: who was on shift in a workspace, each time that it changed. roster is JSON.
CREATE TABLE rosters (
    workspace text NOT NULL,
    at        timestamptz NOT NULL,
    roster    text NOT NULL,
    PRIMARY KEY (workspace, at)
);

-- +goose Down
DROP TABLE rosters;
