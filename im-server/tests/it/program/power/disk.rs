//! A disk that forgets what was not synced: each file as the programs see it, and as it is after a power cut.
//!
//! Until a file is synced, any part of what was written to it may be there, by sectors and in any order; until its folder
//! is synced, its name may be there or not. That is all that POSIX promises, and less than most file systems do.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::trace::Event;

/// What a disk writes as a whole, in bytes.
const SECTOR: usize = 512;

#[derive(Clone, Copy, PartialEq)]
enum Entry {
    Folder,
    /// The number of a file: its name may become another's.
    File(usize),
}

enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

/// A file: what of it is on the disk, what is not, and how many changes there were when the sync began that goes on.
#[derive(Default)]
struct File {
    kept: Vec<u8>,
    changes: Vec<Change>,
    syncing: usize,
}

/// The folder of a test.
#[derive(Default)]
pub(super) struct Disk {
    files: Vec<File>,
    now: BTreeMap<PathBuf, Entry>,
    kept: BTreeMap<PathBuf, Entry>,
}

impl Change {
    /// What one sector of it, or all of it, does to a file.
    fn apply(&self, to: &mut Vec<u8>, mut survives: impl FnMut() -> bool) {
        match self {
            Self::Write(offset, bytes) => {
                // Sectors are those of the file, not of the write.
                let mut at = 0;
                while at < bytes.len() {
                    let end = bytes.len().min(at + SECTOR - (offset + at) % SECTOR);
                    if survives() {
                        to.resize(to.len().max(offset + end), 0);
                        to[offset + at..offset + end].copy_from_slice(&bytes[at..end]);
                    }
                    at = end;
                }
            }
            Self::Length(length) => {
                if survives() {
                    to.resize(*length, 0);
                }
            }
        }
    }
}

impl Disk {
    pub(super) fn happens(&mut self, event: &Event) {
        match event {
            Event::Folder(path) => drop(self.now.insert(path.clone(), Entry::Folder)),
            Event::File(path) => {
                if !self.now.contains_key(path) {
                    self.files.push(File::default());
                    self.now.insert(path.clone(), Entry::File(self.files.len() - 1));
                }
            }
            Event::Gone(path) => drop(self.now.remove(path).unwrap()),
            Event::Write(path, offset, bytes) => {
                self.file(path).changes.push(Change::Write(*offset, bytes.clone()));
            }
            Event::Length(path, length) => self.file(path).changes.push(Change::Length(*length)),
            Event::Syncing(path) => {
                if let Some(Entry::File(number)) = self.now.get(path).copied() {
                    self.files[number].syncing = self.files[number].changes.len();
                }
            }
            Event::Synced(path) => match self.now.get(path).copied() {
                Some(Entry::File(number)) => {
                    let File { kept, changes, syncing } = &mut self.files[number];
                    changes.drain(..*syncing).for_each(|change| change.apply(kept, || true));
                }
                // The home itself, which is there from the beginning, or a folder in it.
                _ => self.sync_folder(path),
            },
            Event::Told(_) => {}
        }
    }

    fn file(&mut self, path: &Path) -> &mut File {
        let Some(Entry::File(number)) = self.now.get(path) else { panic!("no file {}", path.display()) };
        &mut self.files[*number]
    }

    fn sync_folder(&mut self, folder: &Path) {
        self.kept.retain(|path, _| path.parent() != Some(folder));
        let entries = self.now.iter().filter(|(path, _)| path.parent() == Some(folder));
        self.kept.extend(entries.map(|(path, entry)| (path.clone(), *entry)));
    }

    /// Writes into a folder what is left of `home` after a power cut. Of each thing that was not synced `survives` says
    /// whether it is there.
    pub(super) fn after_power_cut(&self, home: &Path, to: &Path, mut survives: impl FnMut() -> bool) {
        let mut there = BTreeSet::from([home]);
        let paths: BTreeSet<_> = self.now.keys().chain(self.kept.keys()).collect();
        for path in paths {
            let (now, kept) = (self.now.get(path), self.kept.get(path));
            let entry = if now != kept && survives() { now } else { kept };
            let Some(entry) = entry.filter(|_| there.contains(path.parent().unwrap())) else { continue };
            there.insert(path);
            let to = to.join(path.strip_prefix(home).unwrap());
            match entry {
                Entry::Folder => std::fs::create_dir(to).unwrap(),
                Entry::File(number) => {
                    let File { kept, changes, .. } = &self.files[*number];
                    let mut bytes = kept.clone();
                    changes.iter().for_each(|change| change.apply(&mut bytes, &mut survives));
                    std::fs::write(to, bytes).unwrap();
                }
            }
        }
    }
}
