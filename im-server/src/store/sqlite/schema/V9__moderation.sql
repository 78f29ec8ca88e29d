-- Who is kept out or silent, topics, slow mode, operators, and what they did.

ALTER TABLE conversations ADD COLUMN topic TEXT;
ALTER TABLE conversations ADD COLUMN topic_by INTEGER REFERENCES users (id);
ALTER TABLE conversations ADD COLUMN topic_locked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversations ADD COLUMN slow_seconds INTEGER NOT NULL DEFAULT 0;
-- Whoever acts there is looked up below. Where this is 0 nobody is.
ALTER TABLE conversations ADD COLUMN moderated INTEGER NOT NULL DEFAULT 0;

-- What moderators did is an event: a topic or a reason; until when or how many seconds; whether it was done to a guest.
ALTER TABLE events ADD COLUMN remark TEXT;
ALTER TABLE events ADD COLUMN amount INTEGER;
ALTER TABLE events ADD COLUMN of_guest INTEGER;

-- Acts as an owner everywhere.
ALTER TABLE users ADD COLUMN operator INTEGER NOT NULL DEFAULT 0;
-- Where a guest came from last, and when: an address, of IPv6 its /64.
ALTER TABLE users ADD COLUMN site TEXT;
ALTER TABLE users ADD COLUMN site_at INTEGER;
CREATE INDEX users_by_site ON users (site) WHERE site IS NOT NULL;

-- Kind 0 is a ban, 1 is a mute.
CREATE TABLE sanctions (
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    user         INTEGER NOT NULL REFERENCES users (id),
    kind         INTEGER NOT NULL,
    guest        INTEGER NOT NULL, -- they were a guest then
    by           INTEGER NOT NULL REFERENCES users (id),
    at           INTEGER NOT NULL,
    until        INTEGER,          -- nothing: for ever
    why          TEXT,
    PRIMARY KEY (conversation, user, kind)
) STRICT, WITHOUT ROWID;

-- The same of addresses: of guests in one conversation, or, where that is 0, of everybody in all of the server.
CREATE TABLE site_sanctions (
    conversation INTEGER NOT NULL,
    site         TEXT    NOT NULL,
    kind         INTEGER NOT NULL,
    user         INTEGER REFERENCES users (id), -- the guest who was meant
    by           INTEGER REFERENCES users (id), -- nothing: on the machine itself
    at           INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    why          TEXT,
    PRIMARY KEY (conversation, site, kind)
) STRICT, WITHOUT ROWID;

-- When somebody last posted where slow mode is: a user by number, a guest by address.
CREATE TABLE slow_posts (
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    who          TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (conversation, who)
) STRICT, WITHOUT ROWID;

-- What moderators and operators did. People stand in it by their numbers: who is erased has no name in it any more.
CREATE TABLE audit (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           INTEGER NOT NULL,
    by           INTEGER REFERENCES users (id), -- nothing: on the machine itself
    site         TEXT,                          -- from which address
    deed         TEXT    NOT NULL,
    user         INTEGER REFERENCES users (id), -- to whom
    conversation INTEGER REFERENCES conversations (id),
    until        INTEGER,
    why          TEXT
) STRICT;
CREATE INDEX audit_by_conversation ON audit (conversation, id);
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is not changed');
END;
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = new.id) BEGIN
    SELECT RAISE(ABORT, 'the audit log is not changed');
END;
CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit BEGIN
    SELECT RAISE(ABORT, 'the audit log is not changed');
END;

-- What holds for the whole server: one row.
CREATE TABLE server (
    hatches_closed INTEGER NOT NULL -- nobody new is let in
) STRICT;
INSERT INTO server VALUES (0);
