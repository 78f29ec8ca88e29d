-- Invitations, sessions that can be told apart, codes as a second factor, and accounts that are suspended.

-- Since when nobody signs in as this user; nothing where they may.
ALTER TABLE users ADD COLUMN suspended INTEGER;

-- What signed in, when it was here last, and from where; nothing where that is not known.
ALTER TABLE tokens ADD COLUMN device TEXT;
ALTER TABLE tokens ADD COLUMN seen INTEGER;
ALTER TABLE tokens ADD COLUMN address TEXT;

-- Whoever knows the code of one makes an account, as long as it has uses left.
CREATE TABLE invitations (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    hash    BLOB    NOT NULL UNIQUE, -- SHA-256 of the code
    uses    INTEGER NOT NULL,        -- so many are left
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;

-- What the codes of a user are made with. They are asked for once a code has confirmed that the user can make them.
CREATE TABLE codes (
    user      INTEGER PRIMARY KEY REFERENCES users (id),
    secret    BLOB    NOT NULL,
    confirmed INTEGER NOT NULL,
    step      INTEGER NOT NULL -- codes up to this one were used
) STRICT;

-- Codes for who has lost what makes codes, each good once.
CREATE TABLE recovery_codes (
    user INTEGER NOT NULL REFERENCES users (id),
    hash BLOB    NOT NULL, -- SHA-256
    PRIMARY KEY (user, hash)
) STRICT, WITHOUT ROWID;
