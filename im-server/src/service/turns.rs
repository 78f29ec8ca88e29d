//! Who may do something costly next: a few at a time, and those who wait take turns by address, so that many from one
//! place hold up nobody from another.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use im_proto::Refusal;
use tokio::sync::oneshot;

/// Turns at the same time, and those who wait for one.
#[derive(Debug)]
pub(super) struct Turns {
    waiting_max: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// So many may go at once.
    free: usize,
    waiting: usize,
    /// Who waits at each address, who came first first.
    lines: HashMap<IpAddr, VecDeque<oneshot::Sender<Turn>>>,
    /// The addresses where somebody waits, the one whose turn it is first.
    order: VecDeque<IpAddr>,
}

/// The right to go. Dropping it lets the next one go, whoever held it.
#[derive(Debug)]
pub(super) struct Turn(Option<Arc<Turns>>);

impl Turns {
    /// So many turns at once, and so many who wait.
    pub(super) fn new(at_once: usize, waiting_max: usize) -> Arc<Self> {
        Arc::new(Self { waiting_max, state: Mutex::new(State { free: at_once, ..State::default() }) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn. Where too many wait, those of the address that has most of them give way.
    pub(super) async fn take(self: &Arc<Self>, site: IpAddr) -> Result<Turn, Refusal> {
        let turn = {
            let mut state = self.state();
            if state.free > 0 {
                state.free -= 1;
                return Ok(Turn(Some(Arc::clone(self))));
            }
            state.make_room(site, self.waiting_max)?;
            state.wait(site)
        };
        turn.await.map_err(|_| Refusal::Busy)
    }

    /// How many wait, and how many could go.
    pub(super) fn waiting(&self) -> (usize, usize) {
        let state = self.state();
        (state.waiting, state.free)
    }

    /// Whether nobody waits.
    pub(super) fn is_quiet(&self) -> bool {
        self.state().waiting == 0
    }

    /// Lets the next one go.
    fn pass_on(self: Arc<Self>) {
        loop {
            let next = {
                let mut state = self.state();
                let next = state.next();
                state.free += usize::from(next.is_none());
                next
            };
            let Some(next) = next else { return };
            match next.send(Turn(Some(Arc::clone(&self)))) {
                Ok(()) => return,
                Err(mut turn) => turn.0 = None, // they have gone: it is somebody else's
            }
        }
    }
}

impl State {
    fn wait(&mut self, site: IpAddr) -> oneshot::Receiver<Turn> {
        let (sender, turn) = oneshot::channel();
        let line = self.lines.entry(site).or_default();
        if line.is_empty() {
            self.order.push_back(site);
        }
        line.push_back(sender);
        self.waiting += 1;
        turn
    }

    fn make_room(&mut self, site: IpAddr, waiting_max: usize) -> Result<(), Refusal> {
        if self.waiting >= waiting_max {
            self.forget_gone();
        }
        if self.waiting < waiting_max {
            return Ok(());
        }
        let mine = self.lines.get(&site).map_or(0, VecDeque::len);
        let longest = self.lines.values_mut().max_by_key(|line| line.len());
        let longest = longest.filter(|line| line.len() > mine + 1).ok_or(Refusal::Busy)?;
        longest.pop_back();
        self.waiting -= 1;
        Ok(())
    }

    /// Those who wait no longer.
    fn forget_gone(&mut self) {
        self.lines.retain(|_, line| {
            line.retain(|sender| !sender.is_closed());
            !line.is_empty()
        });
        self.order.retain(|site| self.lines.contains_key(site));
        self.waiting = self.lines.values().map(VecDeque::len).sum();
    }

    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        let site = self.order.pop_front()?;
        let line = self.lines.get_mut(&site)?;
        let next = line.pop_front()?;
        self.waiting -= 1;
        if line.is_empty() {
            self.lines.remove(&site);
        } else {
            self.order.push_back(site);
        }
        Some(next)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.0.take() {
            turns.pass_on();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use futures_util::FutureExt;
    use futures_util::future::BoxFuture;

    use super::*;

    fn site(number: u32) -> IpAddr {
        Ipv4Addr::from_bits(number).into()
    }

    type Waiting = BoxFuture<'static, Result<Turn, Refusal>>;

    /// Somebody who waits.
    fn waits(turns: &Arc<Turns>, number: u32) -> Waiting {
        let turns = Arc::clone(turns);
        let mut waiting = async move { turns.take(site(number)).await }.boxed();
        assert!((&mut waiting).now_or_never().is_none());
        waiting
    }

    #[test]
    fn so_many_go_at_once_and_those_who_wait_take_turns_by_address() {
        let turns = Turns::new(2, 10);
        let _one = turns.take(site(1)).now_or_never().unwrap().unwrap();
        let two = turns.take(site(1)).now_or_never().unwrap().unwrap();
        let mut crowd: Vec<_> = (0..5).map(|_| waits(&turns, 1)).collect();
        let mut other = waits(&turns, 2);
        drop(two);
        let first = (&mut crowd[0]).now_or_never().expect("who came first goes first").unwrap();
        drop(first);
        assert!((&mut other).now_or_never().is_some(), "five of one address wait, and one of another");
        assert!((&mut crowd[1]).now_or_never().is_some(), "its turn was dropped with it");
        assert!((&mut crowd[2]).now_or_never().is_some());
    }

    #[test]
    fn a_full_queue_has_room_for_who_comes_from_elsewhere() {
        let turns = Turns::new(1, 4);
        let turn = turns.take(site(1)).now_or_never().unwrap().unwrap();
        let mut crowd: Vec<_> = (0..4).map(|_| waits(&turns, 1)).collect();
        let busy = |number| turns.take(site(number)).now_or_never().map(|taken| taken.map(|_| ()));
        assert_eq!(busy(1), Some(Err(Refusal::Busy)));
        let mut other = waits(&turns, 2);
        let gave_way = (&mut crowd[3]).now_or_never();
        assert!(matches!(gave_way, Some(Err(Refusal::Busy))), "the last one of the longest line");
        drop(crowd.drain(1..));
        drop(turn);
        assert!((&mut crowd[0]).now_or_never().is_some_and(|turn| turn.is_ok()));
        assert!((&mut other).now_or_never().is_some_and(|turn| turn.is_ok()), "past those who have gone");
        assert!(turns.is_quiet());
        assert_eq!(turns.state().free, 1);
        assert!(turns.state().lines.is_empty() && turns.state().order.is_empty());
    }

    #[test]
    fn who_has_gone_makes_room() {
        let turns = Turns::new(1, 4);
        let _turn = turns.take(site(1)).now_or_never().unwrap().unwrap();
        let crowd: Vec<_> = (0..4).map(|_| waits(&turns, 1)).collect();
        drop(crowd);
        let _next = waits(&turns, 1);
        assert_eq!(turns.state().waiting, 1);
    }
}
