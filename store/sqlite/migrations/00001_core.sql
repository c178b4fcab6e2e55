-- +goose Up

-- Times are whole microseconds since 1970, UTC.

-- One row a ticket. No query looks into body: it is JSON, written and read by store/internal/row.
CREATE TABLE timelines (
    id          TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    version     INTEGER NOT NULL,
    workspace   TEXT NOT NULL,
    channel     TEXT NOT NULL,
    thread_ts   TEXT NOT NULL,
    ticket_id   TEXT NOT NULL,
    policy      TEXT NOT NULL,
    state       TEXT NOT NULL,
    posted_at   INTEGER NOT NULL,
    deadline    INTEGER NOT NULL,
    next_at     INTEGER, -- when the walker has to look again; null once closed
    asked_at    INTEGER NOT NULL,
    answered_at INTEGER,
    closed_at   INTEGER,
    breached_at INTEGER,
    body        TEXT NOT NULL
);
-- Rule 1: a message opens one timeline for ever; a ticket has one open timeline.
CREATE UNIQUE INDEX timelines_message ON timelines (workspace, channel, thread_ts);
CREATE UNIQUE INDEX timelines_open_ticket ON timelines (workspace, ticket_id) WHERE state = 'open';
CREATE INDEX timelines_open_policy ON timelines (policy) WHERE state = 'open'; -- to count them
CREATE INDEX timelines_next ON timelines (next_at) WHERE state = 'open';
CREATE INDEX timelines_asked ON timelines (asked_at) WHERE state = 'open';
CREATE INDEX timelines_closed ON timelines (closed_at) WHERE state <> 'open';

-- What happened (rule 16). seq is the order of insertion.
CREATE TABLE history (
    seq         INTEGER PRIMARY KEY,
    timeline_id TEXT NOT NULL,
    at          INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    tier        INTEGER NOT NULL,
    details     TEXT NOT NULL
);
CREATE INDEX history_timeline ON history (timeline_id);

-- Everybody who mentioned the bot, so that each mention is acted on once (rule 10).
CREATE TABLE mentions (
    workspace TEXT NOT NULL,
    channel   TEXT NOT NULL,
    ts        TEXT NOT NULL,
    thread_ts TEXT NOT NULL,
    author    TEXT NOT NULL,
    said      TEXT NOT NULL,
    heard_at  INTEGER NOT NULL,
    acted_on  INTEGER NOT NULL,
    PRIMARY KEY (workspace, channel, ts)
) WITHOUT ROWID;
CREATE INDEX mentions_waiting ON mentions (workspace, channel, thread_ts) WHERE NOT acted_on;
CREATE INDEX mentions_heard ON mentions (heard_at);

-- Calls owed to somebody (escalation/queue). run_at of a running job is the end of its lease, so
-- that one index finds both what is due and what is to be taken over.
CREATE TABLE jobs (
    id           TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 36),
    key          TEXT NOT NULL UNIQUE,
    queue        TEXT NOT NULL,
    state        TEXT NOT NULL,
    run_at       INTEGER NOT NULL,
    behind       INTEGER NOT NULL DEFAULT 0, -- pending behind a shut gate
    attempts     INTEGER NOT NULL DEFAULT 0,
    looks        INTEGER NOT NULL DEFAULT 0,
    fence        INTEGER NOT NULL DEFAULT 0,
    max_attempts INTEGER NOT NULL,
    expires_at   INTEGER, -- after this it would be dropped, not sent
    created_at   INTEGER NOT NULL,
    first_sent   INTEGER,
    last_sent    INTEGER,
    finished_at  INTEGER,
    worker       TEXT NOT NULL DEFAULT '',
    last_error   TEXT NOT NULL DEFAULT '',
    pace         TEXT NOT NULL,
    gates        TEXT NOT NULL, -- keys, parted by char(31); look_gates too
    look_gates   TEXT NOT NULL,
    payload      BLOB NOT NULL
);
CREATE INDEX jobs_due ON jobs (queue, run_at) WHERE state IN ('pending', 'running');
CREATE INDEX jobs_failed ON jobs (queue) WHERE state = 'failed';
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- Keys that are shut until a time: rate limits, revoked tokens, paces, the desk's poll budget.
CREATE TABLE gates (
    key        TEXT PRIMARY KEY NOT NULL,
    shut_until INTEGER NOT NULL,
    reason     TEXT NOT NULL
) WITHOUT ROWID;

-- Last known answers of others: the roster, user groups.
CREATE TABLE kept (
    key     TEXT PRIMARY KEY NOT NULL,
    value   BLOB NOT NULL,
    kept_at INTEGER NOT NULL
);

-- +goose Down
DROP TABLE kept;
DROP TABLE gates;
DROP TABLE jobs;
DROP TABLE mentions;
DROP TABLE history;
DROP TABLE timelines;
