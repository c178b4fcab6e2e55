-- +goose Up

-- Rule 16: who was on shift in a workspace, each time that it changed. roster is JSON.
CREATE TABLE rosters (
    workspace TEXT NOT NULL,
    at        INTEGER NOT NULL,
    roster    TEXT NOT NULL,
    PRIMARY KEY (workspace, at)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE rosters;
