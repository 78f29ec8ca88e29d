-- Accounts, conversations, their members, what waits for an answer, and the log.
-- Names: `name` is as it was written, `key` is compared, `look` must not be like another's.

CREATE TABLE users (
    id       INTEGER PRIMARY KEY,
    name     TEXT    NOT NULL,
    key      TEXT    NOT NULL UNIQUE,
    look     TEXT    NOT NULL,
    password TEXT,             -- argon2id, in PHC form; nothing where it is only a name that guests use
    created  INTEGER NOT NULL
) STRICT;
-- Guests come and go: their names must differ from those of accounts, and among themselves only while they are there.
CREATE UNIQUE INDEX users_by_look ON users (look) WHERE password IS NOT NULL;

CREATE TABLE tokens (
    hash    BLOB    PRIMARY KEY, -- SHA-256 of the token
    user    INTEGER NOT NULL REFERENCES users (id),
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
    id      INTEGER PRIMARY KEY,
    kind    INTEGER NOT NULL,
    name    TEXT,               -- rooms and groups share one name space
    key     TEXT    UNIQUE,
    look    TEXT    UNIQUE,
    low     INTEGER REFERENCES users (id), -- the two users of a direct conversation, the older account first
    high    INTEGER REFERENCES users (id),
    created INTEGER NOT NULL,
    head    INTEGER NOT NULL DEFAULT 0, -- the newest event
    posts   INTEGER NOT NULL DEFAULT 0, -- how many events are posts
    members INTEGER NOT NULL DEFAULT 0,
    active  INTEGER NOT NULL,           -- when the newest event came
    awaited INTEGER NOT NULL DEFAULT 0, -- direct: what is said to a guest who is away is kept
    UNIQUE (low, high)
) STRICT;

CREATE TABLE members (
    user         INTEGER NOT NULL REFERENCES users (id),
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    role         INTEGER NOT NULL,
    since        INTEGER NOT NULL,
    read         INTEGER NOT NULL, -- the newest event that was read
    hidden       INTEGER NOT NULL DEFAULT 0, -- events up to here were somebody else's of the same name: not shown
    PRIMARY KEY (user, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_by_conversation ON members (conversation, role);

CREATE TABLE pending (
    user         INTEGER NOT NULL REFERENCES users (id), -- who is not a member
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    kind         INTEGER NOT NULL,
    by           INTEGER NOT NULL REFERENCES users (id), -- who invited, asks, or said no
    at           INTEGER NOT NULL,
    PRIMARY KEY (user, conversation)
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_by_conversation ON pending (conversation, kind);

-- The log. A rowid table with an index: appends cost half of what a clustered table's do.
CREATE TABLE events (
    id           INTEGER PRIMARY KEY,
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    seq          INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    author       INTEGER NOT NULL REFERENCES users (id),
    guest        INTEGER NOT NULL, -- the author was a guest then, whoever has the name now
    kind         INTEGER NOT NULL,
    posts        INTEGER NOT NULL, -- posts in this log up to this event: unread is a subtraction
    subject      INTEGER REFERENCES users (id), -- whom it is about
    role         INTEGER,
    message      BLOB,
    text         TEXT
) STRICT;
CREATE UNIQUE INDEX events_by_seq ON events (conversation, seq);
CREATE UNIQUE INDEX events_by_message ON events (author, message) WHERE message IS NOT NULL;

-- The room that everyone starts in. Kind 2 is a room.
INSERT INTO conversations (id, kind, name, key, look, created, active) VALUES (1, 2, 'lobby', 'lobby', 'lobby', 0, 0);
