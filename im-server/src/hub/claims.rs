//! The names of guests: each is somebody's while they are connected, and nobody else's, nor is one that looks like it.

use std::collections::{BTreeSet, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use im_proto::UserName;

use crate::announcement::Spare;

/// Most rows that are remembered for the next guests.
const SPARE_MAX: usize = 1024;

/// All names that are claimed now.
#[derive(Debug, Default)]
pub(crate) struct Claims(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    names: HashSet<UserName>,
    looks: HashSet<String>,
    /// Rows of names that nobody has now, or so it was when they were left.
    spare: VecDeque<Spare>,
    /// The numbers of guests who chose no name, up to `next`, that are free again.
    free: BTreeSet<u32>,
    next: u32,
}

/// A claimed name. It is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Claim {
    state: Arc<Mutex<State>>,
    name: UserName,
    number: Option<u32>,
    /// The row of the name, once it is known.
    row: OnceLock<Spare>,
}

impl Claims {
    /// A row that the next guest may have.
    pub(crate) fn take_spare(&self) -> Option<Spare> {
        lock(&self.0).spare.pop_front()
    }

    /// Rows that nobody has.
    pub(crate) fn add_spare(&self, rows: impl IntoIterator<Item = Spare>) {
        let mut state = lock(&self.0);
        rows.into_iter().for_each(|row| state.leave(row));
    }

    /// Claims a name, unless it or one that looks like it is claimed.
    pub(crate) fn claim(&self, name: &UserName) -> Option<Claim> {
        let mut state = lock(&self.0);
        state.insert(name).then(|| Claim {
            state: Arc::clone(&self.0),
            name: name.clone(),
            number: None,
            row: OnceLock::new(),
        })
    }

    /// Claims the free name with the lowest number.
    pub(crate) fn claim_anonymous(&self) -> Claim {
        let mut state = lock(&self.0);
        let number = state.free.pop_first().unwrap_or_else(|| {
            state.next += 1;
            state.next - 1
        });
        let name = UserName::anonymous(number);
        state.insert(&name); // nobody can choose such a name
        Claim { state: Arc::clone(&self.0), name, number: Some(number), row: OnceLock::new() }
    }
}

impl State {
    /// Beyond some it is for the next start to find them.
    fn leave(&mut self, row: Spare) {
        if self.spare.len() < SPARE_MAX {
            self.spare.push_back(row);
        }
    }

    fn insert(&mut self, name: &UserName) -> bool {
        let look = name.look();
        if self.names.contains(name) || self.looks.contains(&look) {
            return false;
        }
        self.names.insert(name.clone());
        self.looks.insert(look)
    }
}

impl Claim {
    pub(crate) fn name(&self) -> &UserName {
        &self.name
    }

    /// The row of the name, which the next guest may have when this one is gone.
    pub(crate) fn has(&self, row: Spare) {
        let _ = self.row.set(row); // each claim is given one row
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        state.names.remove(&self.name);
        state.looks.remove(&self.name.look());
        state.free.extend(self.number);
        if let Some(row) = self.row.get() {
            state.leave(*row);
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_guests_while_they_are_there() {
        let claims = Claims::default();
        let neil: UserName = "neil".parse().unwrap();
        let claim = claims.claim(&neil).unwrap();
        assert!(claims.claim(&"NEIL".parse().unwrap()).is_none());
        assert!(claims.claim(&"nei1".parse().unwrap()).is_none(), "it looks like neil");
        drop(claim);
        assert!(claims.claim(&neil).is_some());
    }

    #[test]
    fn numbers_are_used_again_lowest_first() {
        let claims = Claims::default();
        let mut three: Vec<_> = (0..3).map(|_| claims.claim_anonymous()).collect();
        assert_eq!(three[2].name(), &UserName::anonymous(2));
        three.remove(1);
        three.remove(0);
        let zero = claims.claim_anonymous();
        let one = claims.claim_anonymous();
        let names = [&zero, &one, &claims.claim_anonymous()].map(|claim| claim.name().clone());
        assert_eq!(names, [0, 1, 3].map(UserName::anonymous));
    }
}
