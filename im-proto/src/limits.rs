//! The bounds of what crosses a wire, each with its unit last in its name.

/// Longest name of a user, room or group, in characters (after normalisation).
pub const NAME_CHARS_MAX: usize = 32;

/// Longest text of one post, in bytes of UTF-8.
pub const TEXT_BYTES_MAX: usize = 64 * 1024;

/// Longest reaction, in bytes of UTF-8: the longest emoji of Unicode, a family of four with skin tones, has 41.
pub const REACTION_BYTES_MAX: usize = 48;

/// Longest topic, and longest reason of a moderator, in bytes of UTF-8.
pub const REMARK_BYTES_MAX: usize = 400;

/// Most that one answer to [`Request::Sanctions`](crate::Request::Sanctions) lists, newest first.
pub const SANCTIONS_MAX: usize = 200;

/// Most rows in one answer to [`Request::Audit`](crate::Request::Audit), newest first.
pub const AUDIT_MAX: u16 = 200;

/// Most mentions of one text that count: the first ones.
pub const MENTIONS_MAX: usize = 32;

/// Whoever is writing says so once in so many seconds; more often is not told.
pub const TYPING_SECONDS: u64 = 3;

/// So many seconds after it was heard that somebody is writing, they are not any more.
pub const TYPING_SHOWN_SECONDS: u64 = 6;

/// Longest search, in bytes of UTF-8.
pub const WORDS_BYTES_MAX: usize = 256;

/// Longest password, in bytes of UTF-8. Argon2 takes more, a person does not.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// Longest secret that is no password, in bytes: an invitation, a code, what makes codes.
pub const SECRET_BYTES_MAX: usize = 512;

/// Most sessions in one list.
pub const SESSIONS_MAX: usize = 200;

/// Longest native frame, in bytes after the length prefix: one page of events with its amendments fits.
pub const FRAME_BYTES_MAX: usize = 512 * 1024;

/// Longest native frame of someone who has not signed in, in bytes: a password and two names fit.
pub const FRAME_BYTES_MAX_STRANGER: usize = 4 * 1024;

/// Most events in one page of history.
pub const PAGE_EVENTS_MAX: u16 = 200;

/// A page of history ends after the event that brings its texts, each with its newest edit, over this many bytes. With the
/// longest text and the longest edit after it, a page still fits a frame.
pub const PAGE_BYTES_MAX: usize = 128 * 1024;

/// Most amendments that come with one page of history. Edits come first, then reactions, newest first.
pub const AMENDMENTS_MAX: usize = 500;

/// Most found messages in one answer to [`Request::Search`](crate::Request::Search).
pub const FOUND_MAX: u16 = 100;

/// Most people in one answer to [`Request::Who`](crate::Request::Who).
pub const PEOPLE_MAX: usize = 500;

/// Most conversations in one answer to [`Request::Conversations`](crate::Request::Conversations): those with the newest
/// events. So many with the longest names fit a frame.
pub const CONVERSATIONS_MAX: usize = 1000;

/// Most entries in one list of what waits for an answer, oldest first. So many with the longest names fit a frame.
pub const PENDING_MAX: usize = 500;
