-- Where alerts are sent. Workspace 0: those of every workspace and of the installation.
CREATE TABLE alert_channel (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    -- An e-mail address or a URL.
    target TEXT NOT NULL,
    -- Whether runs that changed something are reported.
    has_digest BIGINT NOT NULL,
    allows_internal BIGINT NOT NULL,
    -- Why nothing is sent to it: the receiver refused everything.
    disabled_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- What is to be reported to a channel, written in the transaction in which it happened. JSON.
CREATE TABLE alert_item (
    workspace_id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (workspace_id, channel_id, number)
);

-- Alerts that were put together from items: waiting, sent or failed. `content` has the items with their workspaces.
CREATE TABLE alert (
    workspace_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    group_key TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt_at BIGINT NOT NULL,
    ended_at BIGINT,
    failure TEXT,
    PRIMARY KEY (workspace_id, id)
);
CREATE INDEX alert_waiting ON alert (channel_id, id) WHERE state = 'waiting';
CREATE INDEX alert_group ON alert (channel_id, group_key, created_at);

-- The next number of a channel, an item or an alert: one row.
CREATE TABLE alert_number (
    id BIGINT NOT NULL PRIMARY KEY,
    next_alert BIGINT NOT NULL
);
INSERT INTO alert_number (id, next_alert) VALUES (1, 1);

-- The mail server: one row. Its password is a secret.
CREATE TABLE mail_server (
    id BIGINT NOT NULL PRIMARY KEY,
    settings TEXT NOT NULL
);
