-- +goose Up

-- Jobs that wait: for their release, or for others. One that is parked has 'never' (the year 9999) in
-- run_at, where no claim finds it, and in not_before what stood there. What is new is changed by no
-- claim, and named by no index that jobs without it are in.
ALTER TABLE jobs
    ADD COLUMN timeout       bigint NOT NULL DEFAULT 0, -- of one send, in microseconds; 0: the queue's own
    ADD COLUMN graph         text NOT NULL DEFAULT '',
    ADD COLUMN held          boolean NOT NULL DEFAULT false,
    ADD COLUMN waits         integer NOT NULL DEFAULT 0, -- edges to jobs that are not done
    ADD COLUMN not_before    timestamptz,
    ADD COLUMN watched       boolean NOT NULL DEFAULT false, -- its finishing concerns others, or it is cancelling
    ADD COLUMN cancelling    boolean NOT NULL DEFAULT false,
    ADD COLUMN cause         uuid, -- the job that this one was cancelled with
    ADD COLUMN result_status integer NOT NULL DEFAULT 0,
    ADD COLUMN result        text NOT NULL DEFAULT '';
CREATE INDEX jobs_graph ON jobs (graph) WHERE graph <> '';

-- Who comes after whom.
CREATE TABLE job_edges (
    job   uuid NOT NULL,
    after uuid NOT NULL,
    PRIMARY KEY (after, job)
);
CREATE INDEX job_edges_job ON job_edges (job);

-- What attempts came to, but for those that succeeded at once. A fence has one attempt at most.
CREATE TABLE job_attempts (
    job     uuid NOT NULL,
    fence   bigint NOT NULL,
    number  integer NOT NULL,
    looking boolean NOT NULL,
    at      timestamptz NOT NULL,
    kind    text NOT NULL,
    error   text NOT NULL,
    PRIMARY KEY (job, fence)
);

-- +goose Down
DROP TABLE job_attempts, job_edges;
DROP INDEX jobs_graph;
-- What waits cannot be told apart without these columns, and must not be sent.
UPDATE jobs SET state = 'cancelled', run_at = not_before, finished_at = created_at WHERE not_before IS NOT NULL;
ALTER TABLE jobs
    DROP COLUMN timeout, DROP COLUMN graph, DROP COLUMN held, DROP COLUMN waits, DROP COLUMN not_before,
    DROP COLUMN watched, DROP COLUMN cancelling, DROP COLUMN cause, DROP COLUMN result_status, DROP COLUMN result;
