//! What an operator says on the command line, by noun.

use std::net::IpAddr;

use clap::Subcommand;
use im_proto::{Remark, RoomName, UserName};

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
    /// Make somebody an operator of the server, or no longer
    Operator {
        /// Whom
        #[arg(value_name = "NAME")]
        name: UserName,
        /// No longer
        #[arg(long)]
        off: bool,
    },
    /// Keep somebody out: what they are signed in with ends at once
    Suspend {
        /// Whom
        #[arg(value_name = "NAME")]
        name: UserName,
    },
    /// Let somebody in again who was suspended
    Unsuspend {
        /// Whom
        #[arg(value_name = "NAME")]
        name: UserName,
    },
    /// Give an account another password, which is asked for, or is the first line of standard input; its sessions end
    Passwd {
        /// Whose
        #[arg(value_name = "NAME")]
        name: UserName,
        /// Ask for no codes any more: whoever it is has lost them
        #[arg(long)]
        without_codes: bool,
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

/// What is done to addresses.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum BanVerb {
    /// List those that are kept out of the server
    List,
    /// Keep one out
    Add {
        /// Which; of IPv6 the whole /64
        #[arg(value_name = "ADDRESS")]
        address: IpAddr,
        /// For so many seconds [default: for ever]
        #[arg(long, value_name = "SECONDS")]
        seconds: Option<u32>,
        /// Why, for those who look it up
        #[arg(long, value_name = "WORDS", value_parser = remark)]
        why: Option<Remark>,
    },
    /// Let one in again
    Remove {
        /// Which
        #[arg(value_name = "ADDRESS")]
        address: IpAddr,
    },
}

/// What is done to the hatches.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum HatchVerb {
    /// Let nobody new in, and send guests away
    Close {
        /// Why, for those who look it up
        #[arg(long, value_name = "WORDS", value_parser = remark)]
        why: Option<Remark>,
    },
    /// As it was before
    Open,
}

fn remark(raw: &str) -> Result<Remark, String> {
    Remark::parse(raw).map_err(|error| error.to_string())
}

/// What is done to invitations.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum InviteVerb {
    /// Make one, and print its code, which is told this once
    Make {
        /// For so many accounts
        #[arg(long, value_name = "NUMBER", default_value_t = 1)]
        uses: u32,
        /// For so many days
        #[arg(long, value_name = "NUMBER", default_value_t = 7)]
        days: u16,
    },
    /// List those that can be used
    List,
    /// Take one back
    Revoke {
        /// Its number, from the list
        #[arg(value_name = "NUMBER")]
        id: u64,
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
