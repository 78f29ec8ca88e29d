//! The oracle of im-server's torture: what was said and seen, and whether that can be.

#![allow(dead_code, reason = "the torture's own users need more of it")]

#[path = "../../../../im-server/examples/torture/machinery/amends.rs"]
mod amends;
#[path = "../../../../im-server/examples/torture/machinery/copy.rs"]
mod copy;
#[path = "../../../../im-server/examples/torture/machinery/dice.rs"]
mod dice;
#[path = "../../../../im-server/examples/torture/machinery/ledger.rs"]
mod ledger;
#[path = "../../../../im-server/examples/torture/machinery/verdict.rs"]
mod verdict;
#[path = "../../../../im-server/examples/torture/machinery/violation.rs"]
mod violation;
#[path = "../../../../im-server/examples/torture/machinery/words.rs"]
mod words;

pub(crate) use self::dice::Dice;
pub(crate) use self::ledger::{Ledger, Target};
pub(crate) use self::verdict::Verdict;
pub(crate) use self::violation::Violation;
pub(crate) use self::words::PostName;
