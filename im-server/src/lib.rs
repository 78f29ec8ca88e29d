//! im-server
