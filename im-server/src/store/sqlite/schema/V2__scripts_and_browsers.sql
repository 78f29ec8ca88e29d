-- For scripts and browsers: tokens that have a number and a label, hooks, friends, and how far a mailbox was emptied.

-- As before, with a number that is never another token's, so that revoking twice takes nothing else away.
CREATE TABLE tokens_now (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    hash    BLOB    NOT NULL UNIQUE, -- SHA-256 of the token
    user    INTEGER NOT NULL REFERENCES users (id),
    label   TEXT,                    -- what its owner calls a bot's token; nothing where a device signed in
    created INTEGER NOT NULL
) STRICT;
INSERT INTO tokens_now (hash, user, created) SELECT hash, user, created FROM tokens ORDER BY created, hash;
DROP TABLE tokens;
ALTER TABLE tokens_now RENAME TO tokens;
CREATE INDEX tokens_by_user ON tokens (user, label);

-- Whoever knows the token of a hook posts by it into one conversation, as the user who made it.
CREATE TABLE hooks (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    hash         BLOB    NOT NULL UNIQUE,
    user         INTEGER NOT NULL REFERENCES users (id),
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    label        TEXT    NOT NULL,
    created      INTEGER NOT NULL
) STRICT;
CREATE INDEX hooks_by_user ON hooks (user);

-- Whom a user has put on their list. The other need not have them on theirs.
CREATE TABLE friends (
    id     INTEGER PRIMARY KEY,
    user   INTEGER NOT NULL REFERENCES users (id),
    friend INTEGER NOT NULL REFERENCES users (id),
    since  INTEGER NOT NULL,
    UNIQUE (user, friend)
) STRICT;

-- How far goTalk's mailbox was emptied. It is no read mark: who posts has read, but has not fetched.
ALTER TABLE members ADD COLUMN synced INTEGER NOT NULL DEFAULT 0;
UPDATE members SET synced = read;
