//! What a connection has to expect: how long things take, and whether, where and how it breaks.

use super::oracle::Dice;

/// Which way bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    ToServer,
    ToClient,
}

impl Way {
    pub(super) const BOTH: [Self; 2] = [Self::ToServer, Self::ToClient];

    pub(super) fn back(self) -> Self {
        match self {
            Self::ToServer => Self::ToClient,
            Self::ToClient => Self::ToServer,
        }
    }
}

/// Once it is cut, a side that is told of nothing believes that it is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) server: bool,
    pub(super) client: bool,
}

/// How a connection breaks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Break {
    /// After so many bytes one way.
    Bytes(Way, u64),
    /// After so many milliseconds.
    Time(u64),
}

/// One connection's.
#[derive(Debug, Clone)]
pub(super) struct Weather {
    /// Least and most milliseconds that a piece takes each way.
    delays: [(u64, u64); 2],
    /// One piece in so many is late by up to so many milliseconds more.
    late: (u64, u64),
    pub(super) breaks: Option<Break>,
    pub(super) told: Told,
    /// What was on its way when it broke gets there so many milliseconds late, if it does.
    pub(super) lingers: u64,
    /// Most bytes on their way, or unread, each way.
    pub(super) window: usize,
    /// Nobody answers the dial.
    pub(super) lost: bool,
}

/// Patience of TCP: after so many milliseconds of a broken connection the server's system notices, and the client's.
pub(super) const KEEPALIVE_MILLISECONDS: [u64; 2] = [120_000, 900_000];

impl Weather {
    /// Whatever may happen out there.
    pub(super) fn stormy(dice: &mut Dice) -> Self {
        let delay = |dice: &mut Dice| {
            let least = [0, 1, 20, 150, 700][dice.index(5)];
            (least, least + dice.below(least + 10))
        };
        let breaks = match dice.below(8) {
            0 => None,
            1 => Some(Break::Bytes(Way::ToServer, dice.below(300))), // in the middle of coming in
            2..=4 => Some(Break::Bytes(Way::ToServer, dice.below(3_000))),
            5..=6 => Some(Break::Bytes(Way::ToClient, dice.below(40_000))),
            _ => Some(Break::Time(dice.below(40_000))),
        };
        let delays = [delay(dice), delay(dice)];
        let late = (dice.between(20, 200), [100, 2_000, 15_000][dice.index(3)]);
        let told = Told { server: dice.one_in(2), client: !dice.one_in(3) };
        let lingers = if dice.one_in(2) { 0 } else { dice.below(20_000) };
        let window = [700, 8_000, 64_000][dice.index(3)];
        Self { delays, late, breaks, told, lingers, window, lost: dice.one_in(15) }
    }

    /// Nothing goes wrong any more.
    pub(super) fn calm() -> Self {
        let (delays, late) = ([(1, 5); 2], (u64::MAX, 0));
        let told = Told { server: true, client: true };
        Self { delays, late, breaks: None, told, lingers: 0, window: 64_000, lost: false }
    }

    /// How many milliseconds the next piece takes.
    pub(super) fn delay(&self, way: Way, dice: &mut Dice) -> u64 {
        let (least, most) = self.delays[way as usize];
        let late = if dice.one_in(self.late.0) { dice.below(self.late.1) } else { 0 };
        dice.between(least, most) + late
    }
}
