-- +goose Up

-- What a reminder said is kept with its timeline. Until now only its job held it, which retention.jobs removes.
UPDATE history h
SET details = (h.details::jsonb || jsonb_build_object('reminder', convert_from(j.payload, 'UTF8')::jsonb -> 'reminder'))::text
FROM jobs j
WHERE h.kind = 'due'
  AND j.key = 'reminder/' || h.timeline_id || '/' || h.tier || '/' || (h.details::jsonb ->> 'round')
  AND convert_from(j.payload, 'UTF8')::jsonb ? 'reminder';

-- +goose Down
UPDATE history SET details = (details::jsonb - 'reminder')::text WHERE kind = 'due';
