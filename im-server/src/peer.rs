//! The other end of a connection, before anybody says who they are.

use std::net::{IpAddr, Ipv4Addr};

/// Where a peer is, and whether anybody on the way can listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Where it is. An IPv4 address is one, however it came.
    pub(crate) address: IpAddr,
    /// The connection is encrypted.
    pub(crate) encrypted: bool,
}

impl Peer {
    /// Somebody in the same program, who came by no port.
    pub(crate) const HERE: Self = Self { address: IpAddr::V4(Ipv4Addr::LOCALHOST), encrypted: false };

    pub(crate) fn new(address: IpAddr, encrypted: bool) -> Self {
        Self { address: address.to_canonical(), encrypted }
    }

    /// What counts as one address where something is counted by address.
    pub(crate) fn site(self) -> IpAddr {
        site(self.address)
    }
}

/// Whoever has an IPv6 address has at least 2⁶⁴ of them.
fn site(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    #[test]
    fn a_network_is_one_site_and_a_mapped_address_is_its_own() {
        let of = |last| Peer::new(Ipv6Addr::new(0x2001, 0xdb8, 0, 7, 0, 0, 0, last).into(), false);
        assert_eq!(of(1).site(), of(2).site());
        assert_ne!(of(1).site(), Peer::HERE.site());
        assert_eq!(Peer::new(Ipv4Addr::LOCALHOST.to_ipv6_mapped().into(), false), Peer::HERE);
    }
}
