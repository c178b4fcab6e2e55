-- +goose Up

-- What a reminder said is kept with its timeline. Until now only its job held it, which retention.jobs removes.
UPDATE history
SET details = json_set(details, '$.reminder', json(json_extract(CAST(j.payload AS TEXT), '$.reminder')))
FROM jobs j
WHERE history.kind = 'due'
  AND j.key = 'reminder/' || history.timeline_id || '/' || history.tier || '/' || json_extract(history.details, '$.round')
  AND json_extract(CAST(j.payload AS TEXT), '$.reminder') IS NOT NULL;

-- +goose Down
UPDATE history SET details = json_remove(details, '$.reminder') WHERE kind = 'due';
