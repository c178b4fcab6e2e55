-- +goose Up

-- What help desks told of their own accord, for tickets whose message may come later. A desk that
-- gives no time has 'epoch' in happened_at.
CREATE TABLE desk_events (
    ticket_id   text NOT NULL,
    kind        text NOT NULL,
    happened_at timestamptz NOT NULL,
    heard_at    timestamptz NOT NULL,
    cause       text NOT NULL,
    proof       boolean NOT NULL,
    PRIMARY KEY (ticket_id, kind, happened_at)
);
CREATE INDEX desk_events_heard ON desk_events (heard_at);

-- Keys that are good for one use: the states of installs, clicks, forms.
CREATE TABLE once (
    key        text PRIMARY KEY,
    used_until timestamptz NOT NULL -- from then on it may be used again
);
CREATE INDEX once_until ON once (used_until);

-- Who installed the bot where. The token is sealed.
CREATE TABLE installations (
    workspace    text PRIMARY KEY,
    name         text NOT NULL,
    app_id       text NOT NULL,
    bot_user     text NOT NULL,
    bot_id       text NOT NULL,
    scopes       text NOT NULL, -- parted by chr(31)
    token        bytea NOT NULL,
    installed_by text NOT NULL,
    installed_at timestamptz,
    updated_at   timestamptz,
    ended_at     timestamptz,
    ended_why    text NOT NULL
);

-- What was set up from Slack: rows are added, never changed; a scope's latest version is in force.
CREATE TABLE settings (
    workspace text NOT NULL,
    scope     text NOT NULL,
    version   bigint NOT NULL,
    set_at    timestamptz,
    set_by    text NOT NULL,
    body      bytea NOT NULL,
    PRIMARY KEY (workspace, scope, version)
);

-- +goose Down
DROP TABLE settings, installations, once, desk_events;
