-- +goose Up

-- A reminder changes its timeline twice: when it is decided, and when it was posted. The second change names no
-- column that an index has, and with room in the page for the new version of the row no index is touched by it.
ALTER TABLE timelines SET (fillfactor = 60);

-- +goose Down
ALTER TABLE timelines RESET (fillfactor);
