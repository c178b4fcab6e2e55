-- +goose Up

-- One row a ticket. No query looks into body: it is JSON, written and read by store/internal/row.
CREATE TABLE timelines (
    id          uuid PRIMARY KEY,
    version     bigint NOT NULL,
    workspace   text NOT NULL,
    channel     text NOT NULL,
    thread_ts   text NOT NULL,
    ticket_id   text NOT NULL,
    policy      text NOT NULL,
    state       text NOT NULL,
    posted_at   timestamptz NOT NULL,
    deadline    timestamptz NOT NULL,
    next_at     timestamptz, -- when the walker has to look again; null once closed
    asked_at    timestamptz NOT NULL,
    answered_at timestamptz,
    closed_at   timestamptz,
    breached_at timestamptz,
    body        text NOT NULL
);
-- Rule 1: a message opens one timeline for ever; a ticket has one open timeline.
CREATE UNIQUE INDEX timelines_message ON timelines (workspace, channel, thread_ts);
-- With the policy along, the open ones are counted from the index alone.
CREATE UNIQUE INDEX timelines_open_ticket ON timelines (workspace, ticket_id) INCLUDE (policy) WHERE state = 'open';
CREATE INDEX timelines_next ON timelines (next_at) WHERE state = 'open';
CREATE INDEX timelines_asked ON timelines (asked_at) WHERE state = 'open';
CREATE INDEX timelines_closed ON timelines (closed_at) WHERE state <> 'open';

-- What happened (rule 16). seq is the order of insertion.
CREATE TABLE history (
    timeline_id uuid NOT NULL,
    seq         bigint GENERATED ALWAYS AS IDENTITY,
    at          timestamptz NOT NULL,
    kind        text NOT NULL,
    tier        integer NOT NULL,
    details     text NOT NULL,
    PRIMARY KEY (timeline_id, seq)
);

-- Everybody who mentioned the bot, so that each mention is acted on once (rule 10).
CREATE TABLE mentions (
    workspace text NOT NULL,
    channel   text NOT NULL,
    ts        text NOT NULL,
    thread_ts text NOT NULL,
    author    text NOT NULL,
    said      text NOT NULL,
    heard_at  timestamptz NOT NULL,
    acted_on  boolean NOT NULL,
    PRIMARY KEY (workspace, channel, ts)
);
CREATE INDEX mentions_waiting ON mentions (workspace, channel, thread_ts) WHERE NOT acted_on;
CREATE INDEX mentions_heard ON mentions (heard_at);

-- Calls owed to somebody (escalation/queue). A claim changes no column that an index names, its
-- condition included, and pages have room for the new versions of their rows: it touches no index.
CREATE TABLE jobs (
    id           uuid PRIMARY KEY,
    key          text NOT NULL UNIQUE,
    queue        text NOT NULL,
    state        text NOT NULL,
    run_at       timestamptz NOT NULL,           -- not before
    lease_until  timestamptz,                    -- when a running job may be taken over
    behind       boolean NOT NULL DEFAULT false, -- pending behind a shut gate
    attempts     integer NOT NULL DEFAULT 0,
    looks        integer NOT NULL DEFAULT 0,
    fence        bigint NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL,
    expires_at   timestamptz,                    -- after this it would be dropped, not sent
    created_at   timestamptz NOT NULL,
    first_sent   timestamptz,
    last_sent    timestamptz,
    finished_at  timestamptz,
    failed       boolean NOT NULL DEFAULT false, -- state = 'failed'
    worker       text NOT NULL DEFAULT '',
    last_error   text NOT NULL DEFAULT '',
    pace         text NOT NULL,
    gates        text NOT NULL, -- keys, parted by chr(31); look_gates too
    look_gates   text NOT NULL,
    payload      bytea NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX jobs_unfinished ON jobs (queue, run_at) WHERE finished_at IS NULL;
CREATE INDEX jobs_failed ON jobs (queue) WHERE failed;
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- Keys that are shut until a time: rate limits, revoked tokens, paces, the desk's poll budget.
CREATE TABLE gates (
    key        text PRIMARY KEY,
    shut_until timestamptz NOT NULL,
    reason     text NOT NULL
) WITH (fillfactor = 50);

-- Last known answers of others: the roster, user groups.
CREATE TABLE kept (
    key     text PRIMARY KEY,
    value   bytea NOT NULL,
    kept_at timestamptz NOT NULL
);

-- +goose Down
DROP TABLE kept, gates, jobs, mentions, history, timelines;
