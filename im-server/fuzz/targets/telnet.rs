//! Bytes for `im_fuzz::telnet`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| im_fuzz::telnet::holds(bytes));
