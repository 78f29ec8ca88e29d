//! The real `telnet` of busybox.
