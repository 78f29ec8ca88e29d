-- Full-text search over what was said.

-- A row for each message, under the position of its event: in which conversation, as the one word `c7`, and what it says
-- now. It has a copy of the text, because the index can forget only what it is told word by word. `search/letters.rs` says
-- how text is prepared. Filled behind the commits.
CREATE VIRTUAL TABLE search USING fts5 (place, text, tokenize = "unicode61 remove_diacritics 2");
-- What is taken out is taken out of the index, not only marked as gone.
INSERT INTO search (search, rank) VALUES ('secure-delete', 1);

-- What happened up to this position is in the index.
CREATE TABLE search_filled (position INTEGER NOT NULL) STRICT;
INSERT INTO search_filled VALUES (0);

-- Whoever takes a text out of the log takes it out of the index, in the same transaction. 13 is a tombstone.
CREATE TRIGGER search_forgets AFTER UPDATE OF kind ON events WHEN new.kind = 13 BEGIN
    DELETE FROM search WHERE rowid = old.id;
END;
