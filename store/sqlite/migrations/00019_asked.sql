-- +goose Up

-- What is asked of one workspace among thousands costs what it has, and not what they have: a report reads its
-- timelines, in the order of their opening.
CREATE INDEX timelines_workspace ON timelines (workspace, id);
-- Which workspaces have set something up, such as the week's report.
CREATE INDEX settings_scope ON settings (scope, workspace, version);

-- +goose Down
DROP INDEX timelines_workspace;
DROP INDEX settings_scope;
