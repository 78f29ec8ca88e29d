//! What the fuzz targets hold true, for what they have found so far and for some mutations of it: a few seconds of what `cargo fuzz`
//! does for minutes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[allow(
    unreachable_pub,
    dead_code,
    clippy::used_underscore_binding,
    reason = "it is a crate of its own, too"
)]
#[path = "../../fuzz/src/lib.rs"]
pub(crate) mod bodies;

use bodies::TARGETS;
use bodies::escapes::{Attack, attacks};

/// How many mutations each target gets. A search goes through a server and a disk.
const MUTATIONS: usize = 4_000;
const SEARCHES: usize = 250;

/// The longest input, in bytes.
const INPUT_BYTES_MAX: usize = 600;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// What is kept for a target.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(folder().join("corpus").join(target)).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}

/// Numbers that are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % sides.max(1)
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }

    /// One of the inputs after some of the things that a fuzzer does.
    fn mutated(&mut self, inputs: &[Vec<u8>], words: &[Vec<u8>]) -> Vec<u8> {
        let input = self.one(inputs);
        let from = self.roll(input.len().saturating_sub(INPUT_BYTES_MAX) + 1);
        let mut bytes = input[from..input.len().min(from + INPUT_BYTES_MAX)].to_vec();
        for _ in 0..=self.roll(4) {
            let at = self.roll(bytes.len() + 1);
            let to = at + self.roll((bytes.len() - at).min(20) + 1);
            match self.roll(6) {
                0 if !bytes.is_empty() => {
                    let at = at.min(bytes.len() - 1);
                    bytes[at] ^= 1 << self.roll(8);
                }
                1 => drop(bytes.drain(at..to)),
                2 => drop(bytes.splice(at..at, self.one(words).clone())),
                3 => bytes.insert(at, u8::try_from(self.roll(256)).unwrap()),
                4 => drop(bytes.splice(at..at, bytes[at..to].to_vec())),
                _ => {
                    let other = self.one(inputs);
                    bytes.truncate(at);
                    bytes.extend_from_slice(&other[self.roll(other.len() + 1)..]);
                }
            }
        }
        bytes.truncate(INPUT_BYTES_MAX);
        bytes
    }
}

/// Runs a target, and says which input it was that it does not hold for: to be kept in the corpus.
fn holds(name: &str, target: fn(&[u8]), bytes: &[u8]) {
    let outcome = std::panic::catch_unwind(|| target(bytes));
    assert!(outcome.is_ok(), "{name} does not hold for b\"{}\"", bytes.escape_ascii());
}

#[test]
fn every_target_has_a_file_and_a_corpus() {
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let stems = |folder: PathBuf| -> BTreeSet<String> {
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    assert_eq!(stems(folder().join("targets")), names);
    assert_eq!(stems(folder().join("corpus")), names);
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for name in &names {
        assert!(manifest.contains(&format!("path = \"targets/{name}.rs\"")), "{name}");
        assert!(!corpus(name).is_empty(), "{name}");
    }
}

#[test]
fn what_is_kept_and_every_attack_holds() {
    for (name, target) in TARGETS {
        for bytes in corpus(name).into_iter().chain(attacks().iter().map(Attack::bytes)) {
            holds(name, target, &bytes);
        }
    }
}

#[test]
fn mutations_of_it_hold() {
    let words: Vec<Vec<u8>> = attacks().iter().flat_map(|attack| attack.parts.clone()).collect();
    for (name, target) in TARGETS {
        let inputs = corpus(name);
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        let count = if name == "search" { SEARCHES } else { MUTATIONS };
        let mut different = BTreeSet::new();
        for _ in 0..count {
            let bytes = dice.mutated(&inputs, &words);
            holds(name, target, &bytes);
            different.insert(bytes);
        }
        assert!(different.len() * 10 > count * 9, "{name}: the mutations differ");
    }
}
