//! The house rules, held against the sources: who may import whom, and how large a room may be.
