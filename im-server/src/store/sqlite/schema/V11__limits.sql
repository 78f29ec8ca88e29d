-- Who made a room or group, and which names of guests have left something behind.

-- Nothing in direct conversations, and in the lobby.
ALTER TABLE conversations ADD COLUMN maker INTEGER REFERENCES users (id);
-- The maker was a guest then, whoever has the name now.
ALTER TABLE conversations ADD COLUMN by_guest INTEGER NOT NULL DEFAULT 0;
UPDATE conversations SET
    maker = (SELECT author FROM events e WHERE e.conversation = conversations.id AND e.seq = 1),
    by_guest = ifnull((SELECT guest FROM events e WHERE e.conversation = conversations.id AND e.seq = 1), 0)
WHERE kind != 0 AND id != 1;
CREATE INDEX conversations_by_maker ON conversations (by_guest, maker) WHERE maker IS NOT NULL AND key IS NOT NULL;
CREATE INDEX pending_by_whom ON pending (by, kind);

-- A guest's name that is in events other than posts: it is not given to anybody else as a row, as others are.
ALTER TABLE users ADD COLUMN traced INTEGER NOT NULL DEFAULT 0;
UPDATE users SET traced = 1 WHERE password IS NULL AND (
    id IN (SELECT author FROM events WHERE message IS NULL) OR id IN (SELECT subject FROM events)
);
