-- How far a device of the member has received a direct conversation. What was read or fetched was received, too: that is not
-- written here again.
ALTER TABLE members ADD COLUMN received INTEGER NOT NULL DEFAULT 0;
