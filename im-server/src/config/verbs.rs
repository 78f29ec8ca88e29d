//! What an operator says on the command line, by noun.

use clap::Subcommand;
use im_proto::{RoomName, UserName};

/// What is done to accounts.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum UserVerb {
    /// List them, in the order of their making
    List,
    /// Make one. Its password is asked for, or is the first line of standard input
    Add {
        /// By what name
        #[arg(value_name = "NAME")]
        name: UserName,
    },
    /// Take one out, and all that it has said, for ever
    Delete {
        /// Whose
        #[arg(value_name = "NAME")]
        name: UserName,
    },
}

/// What is done to rooms and groups.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum RoomVerb {
    /// List them, in the order of their making
    List,
    /// One of them, and who is in it
    Show {
        /// Which, without its #
        #[arg(value_name = "NAME")]
        name: RoomName,
    },
    /// End it: everybody in it leaves, and its name is free again. Its members keep what they have read
    Delete {
        /// Which, without its #
        #[arg(value_name = "NAME")]
        name: RoomName,
    },
}

/// What is done to sign-ins.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum TokenVerb {
    /// List those of a user, oldest first; bots have labels
    List {
        /// Whose
        #[arg(value_name = "NAME")]
        user: UserName,
    },
    /// Take one back: what lives by it ends at once
    Revoke {
        /// Whose
        #[arg(value_name = "NAME")]
        user: UserName,
        /// Its number, from the list
        #[arg(value_name = "NUMBER")]
        id: u64,
    },
}
