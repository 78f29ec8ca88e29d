//! Programs at the end of a pipe.
