//! What SQL alone can tell: each statement selects a description of each violation, and numbers only of what is in the
//! database, never what somebody wrote.

use rusqlite::Connection;

use super::Rule;
use crate::store::Invariant;

pub(super) const PAGES: Rule = ("pages", "SQLite finds nothing wrong in the file: pages, tables, indexes");

/// What SQLite checks by itself, whatever the schema is.
pub(super) const OF_SQLITE: &[(Rule, &str)] = &[
    (PAGES, "SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check != 'ok'"),
    (
        // Members are looked at below: their rows have no number that could be told.
        ("references", "what a row refers to is there"),
        r#"SELECT format('%s, row %s: refers to no row of %s', "table", ifnull(rowid, '?'), parent)
           FROM pragma_foreign_key_check WHERE "table" != 'members'"#,
    ),
];

/// What must hold of our rows. Codes are those of `rows`: a direct conversation is 0, a group 1, a room 2; an owner is 2;
/// an event of kind 1 is a post, 9 an edit, 10 a deletion, 11 and 12 a reaction and its end, 13 a tombstone.
pub(super) const OF_OURS: &[(Rule, &str)] = &[
    (
        ("members", "each conversation knows how many members it has"),
        "SELECT format('conversation %d: says %d, it is %d', c.id, c.members, count(m.user))
         FROM conversations c LEFT JOIN members m ON m.conversation = c.id
         GROUP BY c.id HAVING c.members != count(m.user)",
    ),
    (
        ("memberships", "each member is a user with a role in a conversation"),
        "SELECT format('user %d, conversation %d, role %d', m.user, m.conversation, m.role)
         FROM members m LEFT JOIN users u ON u.id = m.user LEFT JOIN conversations c ON c.id = m.conversation
         WHERE u.id IS NULL OR c.id IS NULL OR m.role NOT BETWEEN 0 AND 2",
    ),
    (
        ("marks", "what was read, fetched, received and hidden is in the log"),
        "SELECT format('user %d, conversation %d: read %d, fetched %d, received %d, hidden %d, of %d',
                       m.user, m.conversation, m.read, m.synced, m.received, m.hidden, c.head)
         FROM members m JOIN conversations c ON c.id = m.conversation
         WHERE m.read NOT BETWEEN 0 AND c.head OR m.synced NOT BETWEEN 0 AND c.head
         OR m.hidden NOT BETWEEN 0 AND c.head OR m.received NOT BETWEEN 0 AND c.head",
    ),
    (
        ("mentions", "who is mentioned is a member and named in a message as it reads now, and no unread one is missing"),
        MENTIONS,
    ),
    (
        ("kinds", "direct conversations have two people and no name, rooms and groups a name and no people"),
        "SELECT format('conversation %d, of kind %d', id, kind) FROM conversations
         WHERE CASE kind
             WHEN 0 THEN low IS NULL OR high IS NULL OR low > high OR coalesce(name, key, look) IS NOT NULL
             WHEN 1 THEN coalesce(low, high) IS NOT NULL OR name IS NULL
             WHEN 2 THEN coalesce(low, high) IS NOT NULL OR name IS NULL OR (key IS NULL AND posts + members > 0)
             ELSE 1
         END",
    ),
    (
        ("pairs", "the two people of a direct conversation are its members, and nobody else is"),
        "SELECT format('conversation %d, of users %d and %d: one of them is no member', c.id, c.low, c.high)
         FROM conversations c WHERE c.kind = 0
         AND (SELECT count(*) FROM members m WHERE m.conversation = c.id AND m.user IN (c.low, c.high))
             != iif(c.low = c.high, 1, 2)
         UNION ALL
         SELECT format('conversation %d, user %d: is a member', c.id, m.user)
         FROM conversations c JOIN members m ON m.conversation = c.id
         WHERE c.kind = 0 AND m.user NOT IN (c.low, c.high)",
    ),
    (
        ("pending", "what waits for an answer is about somebody who is not in"),
        "SELECT format('user %d, conversation %d, kind %d', p.user, p.conversation, p.kind)
         FROM pending p LEFT JOIN members m ON m.user = p.user AND m.conversation = p.conversation
         WHERE m.user IS NOT NULL OR p.kind NOT BETWEEN 0 AND 2",
    ),
    (
        ("owners", "a group that somebody is in has an owner"),
        "SELECT format('conversation %d', c.id) FROM conversations c
         WHERE c.kind = 1 AND EXISTS (SELECT 1 FROM members m WHERE m.conversation = c.id)
         AND NOT EXISTS (SELECT 1 FROM members m WHERE m.conversation = c.id AND m.role = 2)",
    ),
    (
        ("forgotten", "what was too old is taken out"),
        "SELECT format('conversation %d, event %d: was too old, and is not taken out', c.id, e.seq)
         FROM conversations c JOIN events e ON e.conversation = c.id AND e.seq <= c.forgotten
         WHERE e.text IS NOT NULL
         UNION ALL
         SELECT format('conversation %d: taken out up to %d, of %d', id, forgotten, head)
         FROM conversations WHERE forgotten NOT BETWEEN 0 AND head",
    ),
    (
        ("erased", "of those who were erased nothing is left but places in logs"),
        "SELECT format('user %d: is not gone', u.id) FROM users u WHERE u.erased IS NOT NULL AND (
             u.password IS NOT NULL
             OR EXISTS (SELECT 1 FROM tokens t WHERE t.user = u.id)
             OR EXISTS (SELECT 1 FROM hooks h WHERE h.user = u.id)
             OR EXISTS (SELECT 1 FROM codes c WHERE c.user = u.id)
             OR EXISTS (SELECT 1 FROM recovery_codes r WHERE r.user = u.id)
             OR EXISTS (SELECT 1 FROM friends f WHERE f.user = u.id)
             OR EXISTS (SELECT 1 FROM pending p WHERE p.user = u.id)
             OR EXISTS (SELECT 1 FROM sanctions s WHERE s.user = u.id)
             OR u.operator
             OR EXISTS (SELECT 1 FROM members m JOIN conversations c ON c.id = m.conversation
                        WHERE m.user = u.id AND c.kind != 0)
         )
         UNION ALL
         SELECT format('conversation %d, event %d: is of user %d, who was erased', e.conversation, e.seq, u.id)
         FROM events e JOIN users u ON u.id = e.author
         WHERE e.text IS NOT NULL AND u.erased IS NOT NULL AND u.erasing IS NULL",
    ),
    (
        ("messages", "messages have an id and a text, tombstones no text, and events about messages say which"),
        "SELECT format('conversation %d, event %d, of kind %d', conversation, seq, kind) FROM events
         WHERE CASE kind
             WHEN 1 THEN message IS NULL OR text IS NULL
             WHEN 13 THEN text IS NOT NULL OR (message IS NULL AND about IS NULL)
             WHEN 10 THEN coalesce(message, text) IS NOT NULL OR about IS NULL
             WHEN 9 THEN message IS NOT NULL OR text IS NULL OR about IS NULL
             WHEN 11 THEN message IS NOT NULL OR text IS NULL OR about IS NULL
             WHEN 12 THEN message IS NOT NULL OR text IS NULL OR about IS NULL
             ELSE coalesce(message, text, about) IS NOT NULL
         END",
    ),
    (
        ("moderated", "who was put out, kept out or muted is somebody, and is known to have been a guest or not"),
        "SELECT format('conversation %d, event %d, of kind %d', conversation, seq, kind) FROM events
         WHERE CASE
             WHEN kind BETWEEN 17 AND 21 THEN subject IS NULL OR of_guest IS NULL
             WHEN kind IN (15, 16) THEN amount IS NULL
             WHEN kind < 14 THEN remark IS NOT NULL OR amount IS NOT NULL OR of_guest IS NOT NULL
         END",
    ),
    (
        ("banned", "nobody is a member of what they are banned from, and where somebody is banned or muted that is looked up"),
        "SELECT format('conversation %d, user %d: is a member', s.conversation, s.user) FROM sanctions s
         JOIN members m ON m.conversation = s.conversation AND m.user = s.user
         WHERE s.kind = 0 AND s.until IS NULL
         UNION ALL
         SELECT format('conversation %d: is not looked up', c.id) FROM conversations c WHERE c.moderated = 0 AND (
             c.slow_seconds > 0 OR EXISTS (SELECT 1 FROM sanctions s WHERE s.conversation = c.id)
             OR EXISTS (SELECT 1 FROM site_sanctions s WHERE s.conversation = c.id)
         )",
    ),
    (
        ("abouts", "what is about a message is later in the same log"),
        "SELECT format('conversation %d, event %d: about %d', e.conversation, e.seq, e.about)
         FROM events e LEFT JOIN events m ON m.conversation = e.conversation AND m.seq = e.about
         WHERE e.about IS NOT NULL AND e.kind IN (1, 9, 10, 11, 12, 13) AND (m.message IS NULL OR m.seq >= e.seq)",
    ),
    (
        ("deletions", "of what was taken out nothing is left, edits neither; and authors edit what is theirs"),
        "SELECT format('conversation %d, event %d, of kind %d, about %d', e.conversation, e.seq, e.kind, e.about)
         FROM events e JOIN events m ON m.conversation = e.conversation AND m.seq = e.about
         WHERE m.message IS NOT NULL AND CASE e.kind
             WHEN 9 THEN m.kind = 13 OR m.author != e.author
             WHEN 10 THEN m.kind != 13
             WHEN 13 THEN e.message IS NULL AND m.kind != 13 AND m.author = e.author
         END",
    ),
    (
        ("message-ids", "no author has two posts under one message id"),
        "SELECT format('author %d, message %s: %d times', author, hex(message), count(*))
         FROM events WHERE message IS NOT NULL GROUP BY author, message HAVING count(*) > 1",
    ),
];

/// Whom the messages of rooms and groups mention, read anew, message by message. What was read when it began to mention somebody
/// may be missing: who has come meanwhile is not looked for.
const MENTIONS: &str = "
    SELECT format('user %d, conversation %d, event %d: does not mention them', x.user, x.conversation, x.seq)
    FROM mentions x
    LEFT JOIN conversations c ON c.id = x.conversation
    LEFT JOIN events e ON e.conversation = x.conversation AND e.seq = x.seq
    LEFT JOIN users u ON u.id = x.user
    LEFT JOIN members m ON m.user = x.user AND m.conversation = x.conversation
    WHERE c.kind IS 0 OR e.kind IS NOT 1 OR e.id != x.position OR e.author = x.user OR m.user IS NULL
    OR u.key NOT IN (SELECT value FROM json_each(mentioned(ifnull(
        (SELECT n.text FROM events n WHERE n.conversation = e.conversation AND n.about = e.seq AND n.kind = 9
         AND n.author = e.author ORDER BY n.id DESC LIMIT 1),
        e.text
    ))))
    UNION ALL
    SELECT format('user %d, conversation %d, event %d: mentions them, and is unread', m.user, e.conversation, e.seq)
    FROM events e
    CROSS JOIN conversations c ON c.id = e.conversation AND c.kind != 0
    CROSS JOIN json_each(mentioned(ifnull(
        (SELECT n.text FROM events n WHERE n.conversation = e.conversation AND n.about = e.seq AND n.kind = 9
         AND n.author = e.author ORDER BY n.id DESC LIMIT 1),
        e.text
    ))) word
    CROSS JOIN users u ON u.key = word.value AND u.id != e.author
    CROSS JOIN members m ON m.user = u.id AND m.conversation = e.conversation AND m.read < e.seq
    WHERE e.kind = 1 AND NOT EXISTS (
        SELECT 1 FROM mentions x WHERE x.user = m.user AND x.conversation = e.conversation AND x.seq = e.seq
    )";

/// Each row that a statement selects is a violation.
pub(super) fn each_row(moment: &Connection, sql: &str, invariant: &mut Invariant) -> rusqlite::Result<()> {
    let mut statement = moment.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let description: String = row.get(0)?;
        invariant.violated(|| description);
    }
    Ok(())
}
