//! The configuration file while the program runs. The system tells when it changes; nothing looks for that. Editors put a
//! new file in the place of the old, so what is watched is the folder. What the system does not tell, a link's target or a
//! folder on another machine, is found when the terminal gets the focus.

use std::fs;
use std::path::{Path, PathBuf};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{self, Receiver};

use crate::config::Config;

/// The file, and how it was read last.
#[derive(Debug)]
pub struct Watch {
    file: Option<PathBuf>,
    text: Option<String>,
    changes: Option<(Receiver<()>, RecommendedWatcher)>,
}

impl Watch {
    /// Watches a file, as it is now. Where that does not work it is read only when somebody asks.
    pub fn new(file: Option<PathBuf>) -> Self {
        let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok());
        let changes = file.as_deref().and_then(watch);
        Self { file, text, changes }
    }

    /// Waits until the file may be another. May be dropped and called again.
    pub async fn changed(&mut self) {
        if let Some((changes, _)) = &mut self.changes
            && changes.recv().await.is_some()
        {
            return;
        }
        // Nobody will ever tell.
        std::future::pending::<()>().await;
    }

    /// What is in the file, if that is not what was in it when it was read last. A file that is gone says nothing: it may
    /// be about to be written.
    pub fn read(&mut self) -> Option<Result<Box<Config>, String>> {
        let file = self.file.as_ref()?;
        let text = fs::read_to_string(file).ok()?;
        if self.text.as_ref() == Some(&text) {
            return None;
        }
        let read = Config::parse_file(file, &text);
        self.text = Some(text);
        Some(read.map(Box::new).map_err(|error| error.to_string()))
    }
}

fn watch(file: &Path) -> Option<(Receiver<()>, RecommendedWatcher)> {
    let name = file.file_name()?.to_owned();
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // One that waits to be taken stands for all that come meanwhile.
    let (tell, changes) = mpsc::channel(1);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let is_it = |event: &Event| event.paths.iter().any(|path| path.file_name() == Some(&name));
        if event.is_ok_and(|event| is_whole(event.kind) && is_it(&event)) {
            let _ = tell.try_send(());
        }
    })
    .ok()?;
    watcher.watch(folder, RecursiveMode::NonRecursive).ok()?;
    Some((changes, watcher))
}

/// The file is not in the middle of being written, where the system tells that.
fn is_whole(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) | EventKind::Modify(ModifyKind::Name(_)) => {
            true
        }
        EventKind::Create(_) | EventKind::Modify(_) => !cfg!(target_os = "linux"),
        _ => false,
    }
}
