//! The first eight bytes each way on a native connection, of one shape for all versions.

/// The version of the protocol that this crate speaks.
pub const VERSION: u8 = 1;

/// What this crate can do beyond its version: no bit has a meaning yet.
pub const CAPABILITIES: u32 = 0;

const MAGIC: [u8; 3] = [0x00, b'I', b'M'];

/// Who speaks, and what they understand.
///
/// Where the versions differ, the server follows its own hello with one line of UTF-8 that says so, and closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hello {
    /// The version of the protocol.
    pub version: u8,
    /// One bit for each thing that the side can do beyond its version. Unknown bits are ignored.
    pub capabilities: u32,
}

/// Why eight bytes are not a hello one can go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HelloError {
    /// They begin with something else than `00 49 4D`.
    #[error("this is not the im protocol")]
    NotIm,
    /// The other side speaks another version.
    #[error("this side speaks version {VERSION} of the im protocol, the other side version {0}")]
    Version(u8),
}

impl Hello {
    /// Its length on the wire, in bytes.
    pub const BYTES: usize = 8;

    /// What this crate says.
    pub const OURS: Self = Self { version: VERSION, capabilities: CAPABILITIES };

    /// Its bytes.
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let [a, b, c, d] = self.capabilities.to_be_bytes();
        [MAGIC[0], MAGIC[1], MAGIC[2], self.version, a, b, c, d]
    }

    /// Reads the other side's hello and checks that one can go on from it.
    pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Result<Self, HelloError> {
        let [m0, m1, m2, version, a, b, c, d] = bytes;
        if [m0, m1, m2] != MAGIC {
            return Err(HelloError::NotIm);
        }
        if version != VERSION {
            return Err(HelloError::Version(version));
        }
        Ok(Self { version, capabilities: u32::from_be_bytes([a, b, c, d]) })
    }
}
