-- Where alerts are sent. Workspace 0: those of every workspace and of the installation.
CREATE TABLE alert_channel (
    workspace_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    -- An e-mail address or a URL.
    target TEXT NOT NULL,
    -- Whether runs that changed something are reported.
    has_digest INTEGER NOT NULL,
    allows_internal INTEGER NOT NULL,
    -- Why nothing is sent to it: the receiver refused everything.
    disabled_at INTEGER,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id)
) STRICT, WITHOUT ROWID;

-- What is to be reported to a channel, written in the transaction in which it happened. JSON.
CREATE TABLE alert_item (
    workspace_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (workspace_id, channel_id, number)
) STRICT, WITHOUT ROWID;

-- Alerts that were put together from items: waiting, sent or failed. `content` has the items with their workspaces.
CREATE TABLE alert (
    workspace_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    group_key TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    ended_at INTEGER,
    failure TEXT,
    PRIMARY KEY (workspace_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_waiting ON alert (channel_id, id) WHERE state = 'waiting';
CREATE INDEX alert_group ON alert (channel_id, group_key, created_at);

-- The next number of a channel, an item or an alert: one row.
CREATE TABLE alert_number (
    id INTEGER NOT NULL PRIMARY KEY,
    next_alert INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO alert_number (id, next_alert) VALUES (1, 1);

-- The mail server: one row. Its password is a secret.
CREATE TABLE mail_server (
    id INTEGER NOT NULL PRIMARY KEY,
    settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
