-- +goose Up

-- What help desks told of their own accord, for tickets whose message may come later. A desk that
-- gives no time has 0 in happened_at.
CREATE TABLE desk_events (
    ticket_id   TEXT NOT NULL,
    kind        TEXT NOT NULL,
    happened_at INTEGER NOT NULL,
    heard_at    INTEGER NOT NULL,
    cause       TEXT NOT NULL,
    proof       INTEGER NOT NULL,
    PRIMARY KEY (ticket_id, kind, happened_at)
) WITHOUT ROWID;
CREATE INDEX desk_events_heard ON desk_events (heard_at);

-- Keys that are good for one use: the states of installs, clicks, forms.
CREATE TABLE once (
    key        TEXT PRIMARY KEY NOT NULL,
    used_until INTEGER NOT NULL -- from then on it may be used again
) WITHOUT ROWID;
CREATE INDEX once_until ON once (used_until);

-- Who installed the bot where. The token is sealed.
CREATE TABLE installations (
    workspace    TEXT PRIMARY KEY NOT NULL,
    name         TEXT NOT NULL,
    app_id       TEXT NOT NULL,
    bot_user     TEXT NOT NULL,
    bot_id       TEXT NOT NULL,
    scopes       TEXT NOT NULL, -- parted by char(31)
    token        BLOB NOT NULL,
    installed_by TEXT NOT NULL,
    installed_at INTEGER,
    updated_at   INTEGER,
    ended_at     INTEGER,
    ended_why    TEXT NOT NULL
);

-- What was set up from Slack: rows are added, never changed; a scope's latest version is in force.
CREATE TABLE settings (
    workspace TEXT NOT NULL,
    scope     TEXT NOT NULL,
    version   INTEGER NOT NULL,
    set_at    INTEGER,
    set_by    TEXT NOT NULL,
    body      BLOB NOT NULL,
    PRIMARY KEY (workspace, scope, version)
) WITHOUT ROWID;

-- +goose Down
DROP TABLE settings;
DROP TABLE installations;
DROP TABLE once;
DROP TABLE desk_events;
