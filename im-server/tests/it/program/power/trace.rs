//! What a server did to its files and said to its peers, in order, as `strace` saw it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What is traced: all by which a file may change, be synced, or be named, and all by which a peer may be told something.
pub(super) const CALLS: &str = "openat,mkdir,unlink,unlinkat,rename,renameat,renameat2,link,linkat,ftruncate,fallocate,\
                                write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync";

/// One thing that happened.
#[derive(Debug)]
pub(super) enum Event {
    /// A folder or file has got a name, if there was none yet.
    Folder(PathBuf),
    File(PathBuf),
    Gone(PathBuf),
    Write(PathBuf, usize, Vec<u8>),
    Length(PathBuf, usize),
    /// A sync has begun: what was written before it,
    Syncing(PathBuf),
    /// and has succeeded: is on the disk.
    Synced(PathBuf),
    /// Somebody is being told something.
    Told(Vec<u8>),
}

/// All that a log tells of files in a folder, and of sockets. What it cannot make sense of there is a failure: a model that
/// leaves something out proves nothing.
pub(super) fn read(log: &str, home: &Path) -> Vec<Event> {
    let mut begun: HashMap<&str, &str> = HashMap::new();
    let mut events = Vec::new();
    for line in log.lines() {
        let (thread, call) = line.split_once(' ').unwrap();
        let call = call.trim_start();
        if let Some(call) = call.strip_suffix(" <unfinished ...>") {
            // What is told may be heard before the call ends; what is written before that is not synced.
            events.extend(at_begin(call, home));
            begun.insert(thread, call);
        } else if let Some(rest) = call.strip_prefix("<... ") {
            let (_, rest) = rest.split_once(" resumed>").unwrap();
            let call = format!("{}{rest}", begun.remove(thread).unwrap());
            events.extend(at_end(&call, home));
        } else {
            events.extend(at_begin(call, home));
            events.extend(at_end(call, home));
        }
    }
    events
}

fn at_begin(call: &str, home: &Path) -> Option<Event> {
    let (name, rest) = call.split_once('(')?;
    let path = opened(rest);
    match name {
        "fsync" | "fdatasync" => within(path?, home).map(Event::Syncing),
        "write" | "writev" | "sendto" | "sendmsg" if path.as_ref()?.to_str()?.starts_with("socket:") => {
            Some(Event::Told(strings(rest).concat()))
        }
        _ => None,
    }
}

fn at_end(call: &str, home: &Path) -> Option<Event> {
    let (name, rest) = call.split_once('(')?;
    let (args, result) = rest.rsplit_once(" = ")?;
    if result.starts_with('-') {
        return None;
    }
    // The server's working folder is its home.
    let named = || home.join(String::from_utf8(strings(args).remove(0)).unwrap());
    let open = opened(rest).and_then(|path| within(path, home));
    match name {
        "openat" if args.contains("O_CREAT") => within(named(), home).map(Event::File),
        "openat" => None,
        "mkdir" => within(named(), home).map(Event::Folder),
        // A socket holds nothing.
        "unlink" if named().extension().is_some_and(|name| name == "sock") => None,
        "unlink" => within(named(), home).map(Event::Gone),
        "fsync" | "fdatasync" => open.map(Event::Synced),
        "pwrite64" => {
            let offset = args.trim_end_matches([')', ' ']).rsplit_once(", ")?.1.parse().unwrap();
            let bytes = strings(args).remove(0);
            assert_eq!(result.parse(), Ok(bytes.len()), "a short write: {name}");
            Some(Event::Write(open?, offset, bytes))
        }
        "ftruncate" => {
            let length = args.trim_end_matches([')', ' ']).rsplit_once(", ")?.1.parse().unwrap();
            Some(Event::Length(open?, length))
        }
        _ => {
            assert!(open.is_none(), "the model does not know {name} of {open:?}");
            None
        }
    }
}

fn within(path: PathBuf, home: &Path) -> Option<PathBuf> {
    path.starts_with(home).then_some(path)
}

/// What the file descriptor of a call is: a path, or what it is otherwise.
fn opened(args: &str) -> Option<PathBuf> {
    let (_, rest) = args.split_once('<').filter(|(number, _)| number.parse::<u32>().is_ok())?;
    let name = String::from_utf8(bytes(rest.split_once('>')?.0)).unwrap();
    Some(PathBuf::from(name))
}

/// The strings among the arguments of a call.
fn strings(args: &str) -> Vec<Vec<u8>> {
    args.split('"').skip(1).step_by(2).map(bytes).collect()
}

/// Every byte is written as `\x` and two digits; what strace itself says is not.
fn bytes(hex: &str) -> Vec<u8> {
    if !hex.starts_with("\\x") {
        return hex.as_bytes().to_vec();
    }
    let digit = |digit: u8| (digit as char).to_digit(16).unwrap().try_into().unwrap_or(0_u8);
    hex.as_bytes().chunks(4).map(|byte| digit(byte[2]) << 4 | digit(byte[3])).collect()
}
