//! Bytes for `im_fuzz::command`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| im_fuzz::command::holds(bytes));
