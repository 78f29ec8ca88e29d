//! Places for connections: how many there are in all, and how many for each address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::peer::Peer;

use super::Limits;

/// All places of a server.
#[derive(Default)]
pub(crate) struct Places(Mutex<Taken>);

#[derive(Default)]
struct Taken {
    all: usize,
    by_site: HashMap<IpAddr, u32>,
}

/// The place of one connection. It is free again when this is dropped.
pub(crate) struct Place {
    places: Arc<Places>,
    /// Where it is counted by address.
    site: Option<IpAddr>,
}

/// Why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoPlace {
    /// For nobody.
    AtAll,
    /// For this address.
    ForAddress,
}

impl NoPlace {
    /// What the peer is told, whatever it speaks.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::AtAll => "too many connections, try again later\r\n",
            Self::ForAddress => "too many connections from your address, try again later\r\n",
        }
    }
}

impl Places {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more connection, of so many.
    pub(crate) fn take(self: &Arc<Self>, peer: Peer, most: usize, limits: &Limits) -> Result<Place, NoPlace> {
        let mut taken = self.taken();
        if taken.all >= most {
            return Err(NoPlace::AtAll);
        }
        let most_here = limits.connections_per_address_max;
        let site = (most_here > 0 && limits.count(peer)).then(|| peer.site());
        if let Some(site) = site {
            let here = taken.by_site.entry(site).or_default();
            if *here >= most_here {
                return Err(NoPlace::ForAddress);
            }
            *here += 1;
        }
        taken.all += 1;
        Ok(Place { places: Arc::clone(self), site })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        taken.all -= 1;
        if let Some(site) = self.site
            && let Some(here) = taken.by_site.get_mut(&site)
        {
            *here -= 1;
            if *here == 0 {
                taken.by_site.remove(&site);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    #[test]
    fn places_are_counted_in_all_and_by_network() {
        let places = Arc::new(Places::default());
        let limits = Limits { connections_per_address_max: 2, ..Limits::default() };
        let take = |address: IpAddr| places.take(Peer::new(address, false), 5, &limits);
        let v6 = |net, host| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, net, 0, 0, 0, host));
        let mut held = vec![take(v6(1, 1)).ok(), take(v6(1, 2)).ok()];
        assert_eq!(take(v6(1, 3)).err(), Some(NoPlace::ForAddress));
        held.push(take(v6(2, 1)).ok());
        // Those of this machine are counted in all only.
        held.extend([(); 2].map(|()| take(Ipv4Addr::LOCALHOST.into()).ok()));
        assert!(held.iter().all(Option::is_some));
        assert_eq!(take(Ipv4Addr::LOCALHOST.into()).err(), Some(NoPlace::AtAll));
        held.clear();
        let left = places.taken();
        assert_eq!((left.all, left.by_site.len()), (0, 0));
    }
}
