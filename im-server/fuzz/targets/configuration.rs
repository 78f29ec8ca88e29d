//! Bytes for `im_fuzz::configuration`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| im_fuzz::configuration::holds(bytes));
