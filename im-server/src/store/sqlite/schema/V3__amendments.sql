-- Events about earlier messages: answers, edits, deletions, reactions.

-- The seq of the message of the same log which this event is about.
ALTER TABLE events ADD COLUMN about INTEGER;
CREATE INDEX events_about ON events (conversation, about, kind, author) WHERE about IS NOT NULL;
