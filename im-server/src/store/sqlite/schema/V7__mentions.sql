-- Who is mentioned where.

-- A row for each member of a room or group and each message of others that mentions them, as it reads now.
CREATE TABLE mentions (
    user         INTEGER NOT NULL REFERENCES users (id),
    conversation INTEGER NOT NULL REFERENCES conversations (id),
    seq          INTEGER NOT NULL, -- the message
    position     INTEGER NOT NULL, -- the same among all events of the server
    PRIMARY KEY (user, conversation, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX mentions_by_message ON mentions (conversation, seq);
CREATE INDEX mentions_by_position ON mentions (user, position);

-- What was said before there was this table, to those who were members then. `mentioned` is ours, see `mentions.rs`.
INSERT INTO mentions
SELECT DISTINCT m.user, e.conversation, e.seq, e.id
FROM (
    SELECT id FROM events WHERE kind = 1 AND instr(text, '@')
    UNION
    SELECT p.id FROM events n JOIN events p ON p.conversation = n.conversation AND p.seq = n.about
    WHERE n.kind = 9 AND instr(n.text, '@') AND p.kind = 1
) found
CROSS JOIN events e ON e.id = found.id
CROSS JOIN conversations c ON c.id = e.conversation AND c.kind != 0
CROSS JOIN json_each(mentioned(ifnull(
    (SELECT n.text FROM events n WHERE n.conversation = e.conversation AND n.about = e.seq AND n.kind = 9
     AND n.author = e.author ORDER BY n.id DESC LIMIT 1),
    e.text
))) named
CROSS JOIN users u ON u.key = named.value AND u.id != e.author
CROSS JOIN members m ON m.user = u.id AND m.conversation = e.conversation AND m.since <= e.at;
