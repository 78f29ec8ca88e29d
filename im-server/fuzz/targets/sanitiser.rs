//! Bytes for `im_fuzz::sanitiser`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| im_fuzz::sanitiser::holds(bytes));
