//! The only file that calls bincode: values to bytes and back, always within a limit, and how checked types are
//! checked again when they come from a wire.

use bincode::config::{Configuration, Limit, LittleEndian, Varint};
use bincode::de::{BorrowDecode, Decode, Decoder};
use bincode::enc::{Encode, Encoder};
use bincode::error::{DecodeError, EncodeError};

use crate::limits::FRAME_BYTES_MAX;
use crate::name::{RoomName, UserName};
use crate::reaction::Reaction;
use crate::remark::Remark;
use crate::secret::{Password, Secret};
use crate::text::Text;
use crate::words::Words;

const CONFIG: Configuration<LittleEndian, Varint, Limit<FRAME_BYTES_MAX>> =
    bincode::config::standard().with_limit::<FRAME_BYTES_MAX>();

/// Appends a value to a writer's bytes.
pub(crate) fn encode<T: Encode>(value: &T, out: &mut impl std::io::Write) -> Result<usize, EncodeError> {
    bincode::encode_into_std_write(value, out, CONFIG)
}

/// Reads one value from the start of some bytes, and tells how many it took.
pub(crate) fn decode_prefix<T: Decode<()>>(bytes: &[u8]) -> Result<(T, usize), DecodeError> {
    bincode::decode_from_slice(bytes, CONFIG)
}

/// Reads one value that takes all of some bytes.
pub(crate) fn decode<T: Decode<()>>(bytes: &[u8]) -> Result<T, DecodeError> {
    match decode_prefix(bytes)? {
        (value, eaten) if eaten == bytes.len() => Ok(value),
        _ => Err(DecodeError::Other("bytes are left over")),
    }
}

/// Text that is checked when it is read: on the wire it is a plain string.
macro_rules! checked_on_the_wire {
    ($($type:ty, $as_str:ident;)*) => {$(
        impl Encode for $type {
            fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
                self.$as_str().encode(encoder)
            }
        }
        impl<Context> Decode<Context> for $type {
            fn decode<D: Decoder<Context = Context>>(decoder: &mut D) -> Result<Self, DecodeError> {
                let raw = String::decode(decoder)?;
                Self::parse(&raw).map_err(|error| DecodeError::OtherString(error.to_string()))
            }
        }
        impl<'de, Context> BorrowDecode<'de, Context> for $type {
            fn borrow_decode<D: bincode::de::BorrowDecoder<'de, Context = Context>>(
                decoder: &mut D,
            ) -> Result<Self, DecodeError> {
                Self::decode(decoder)
            }
        }
    )*};
}

checked_on_the_wire! {
    UserName, as_str;
    RoomName, as_str;
    Text, as_str;
    Reaction, as_str;
    Remark, as_str;
    Words, as_str;
    Password, expose;
    Secret, expose;
}
