-- How long what is said is kept, and who is no more.

-- What is said there is taken out after so many days; nothing: when the server does.
ALTER TABLE conversations ADD COLUMN retention_days INTEGER;
-- Up to this event everything was taken out because of its age.
ALTER TABLE conversations ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0;

-- When the account was erased. Such a user has no password, and a name that nobody can take.
ALTER TABLE users ADD COLUMN erased INTEGER;
-- Up to this position of all events their words were taken out; nothing where there is nothing left to do.
ALTER TABLE users ADD COLUMN erasing INTEGER;
CREATE INDEX users_erasing ON users (id) WHERE erasing IS NOT NULL;

-- What the names of those who were erased looked like, as SHA-256: nobody else gets such a name.
CREATE TABLE erased_names (
    look BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
