//! Descriptors: each connection needs one, and so does the database. The system gives a process only so many.

/// Most descriptors that are kept for the database, for certificates and for whatever else is not a connection.
const KEPT_MAX: usize = 64;

/// How many connections there may be, of so many wanted: as many as the system has descriptors for, which is asked for as many as it
/// gives.
pub(crate) fn places(wanted: usize) -> usize {
    let Some(descriptors) = raised() else { return wanted };
    let places = of(descriptors, wanted);
    if places < wanted {
        tracing::warn!(
            descriptors,
            "the system gives descriptors for {places} connections, not for connections_max = {wanted}"
        );
    }
    places
}

fn of(descriptors: usize, wanted: usize) -> usize {
    wanted.min(descriptors - KEPT_MAX.min(descriptors / 2))
}

/// How many descriptors there are, once the soft limit is as high as it may be. Nothing where there is no bound.
#[cfg(unix)]
fn raised() -> Option<usize> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    let raised = soft >= hard || setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_ok();
    usize::try_from(if raised { soft.max(hard) } else { soft }).ok()
}

#[cfg(not(unix))]
fn raised() -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    #[test]
    fn some_descriptors_are_kept() {
        for (descriptors, wanted, places) in
            [(1024, 10_000, 960), (1024, 100, 100), (64, 100, 32), (usize::MAX, 100, 100)]
        {
            assert_eq!(super::of(descriptors, wanted), places);
        }
    }
}
