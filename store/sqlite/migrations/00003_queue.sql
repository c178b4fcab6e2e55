-- +goose Up

-- Jobs that wait: for their release, or for others. One that is parked has 'never' (the year 9999) in
-- run_at, where no claim finds it, and in not_before what stood there. What is new is changed by no
-- claim, and named by no index that jobs without it are in.
ALTER TABLE jobs ADD COLUMN timeout INTEGER NOT NULL DEFAULT 0; -- of one send, in microseconds; 0: the queue's own
ALTER TABLE jobs ADD COLUMN graph TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN waits INTEGER NOT NULL DEFAULT 0; -- edges to jobs that are not done
ALTER TABLE jobs ADD COLUMN not_before INTEGER;
ALTER TABLE jobs ADD COLUMN watched INTEGER NOT NULL DEFAULT 0; -- its finishing concerns others, or it is cancelling
ALTER TABLE jobs ADD COLUMN cancelling INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN cause TEXT NOT NULL DEFAULT ''; -- the job that this one was cancelled with
ALTER TABLE jobs ADD COLUMN result_status INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN result TEXT NOT NULL DEFAULT '';
CREATE INDEX jobs_graph ON jobs (graph) WHERE graph <> '';
CREATE INDEX jobs_held ON jobs (queue) WHERE state = 'held';

-- Who comes after whom.
CREATE TABLE job_edges (
    job   TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (after, job)
) WITHOUT ROWID;
CREATE INDEX job_edges_job ON job_edges (job);

-- What attempts came to, but for those that succeeded at once. A fence has one attempt at most.
CREATE TABLE job_attempts (
    job     TEXT NOT NULL,
    fence   INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    looking INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    kind    TEXT NOT NULL,
    error   TEXT NOT NULL,
    PRIMARY KEY (job, fence)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE job_attempts;
DROP TABLE job_edges;
DROP INDEX jobs_graph;
DROP INDEX jobs_held;
-- What waits cannot be told apart without these columns, and must not be sent.
UPDATE jobs SET state = 'cancelled', run_at = not_before, finished_at = created_at WHERE not_before IS NOT NULL;
ALTER TABLE jobs DROP COLUMN timeout;
ALTER TABLE jobs DROP COLUMN graph;
ALTER TABLE jobs DROP COLUMN held;
ALTER TABLE jobs DROP COLUMN waits;
ALTER TABLE jobs DROP COLUMN not_before;
ALTER TABLE jobs DROP COLUMN watched;
ALTER TABLE jobs DROP COLUMN cancelling;
ALTER TABLE jobs DROP COLUMN cause;
ALTER TABLE jobs DROP COLUMN result_status;
ALTER TABLE jobs DROP COLUMN result;
