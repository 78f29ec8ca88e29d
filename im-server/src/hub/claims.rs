//! The names of guests: each is somebody's while they are connected, and nobody else's, nor is one that looks like it.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use im_proto::UserName;

/// All names that are claimed now.
#[derive(Debug, Default)]
pub(crate) struct Claims(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    names: HashSet<UserName>,
    looks: HashSet<String>,
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
}

impl Claims {
    /// Claims a name, unless it or one that looks like it is claimed.
    pub(crate) fn claim(&self, name: &UserName) -> Option<Claim> {
        let mut state = lock(&self.0);
        state.insert(name).then(|| Claim { state: Arc::clone(&self.0), name: name.clone(), number: None })
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
        Claim { state: Arc::clone(&self.0), name, number: Some(number) }
    }
}

impl State {
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
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        state.names.remove(&self.name);
        state.looks.remove(&self.name.look());
        state.free.extend(self.number);
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
