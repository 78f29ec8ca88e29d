//! Bytes for `im_fuzz::search`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| im_fuzz::search::holds(bytes));
