//! A clock that is set again and again, and rarely rings: to set it to a later moment costs nothing.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Poll, ready};

use tokio::time::{Instant, Sleep, sleep_until};

/// Rings at its moment or before it: whoever hears it looks what is due. It owns no memory while it is not set.
#[derive(Default)]
pub(super) struct Alarm(Option<Pin<Box<Sleep>>>);

impl Alarm {
    /// Sees to it that it rings at this moment at the latest; or not at all.
    pub(super) fn set(&mut self, at: Option<Instant>) {
        match (&mut self.0, at) {
            (_, None) => self.0 = None,
            (Some(sleep), Some(at)) if sleep.deadline() <= at => {}
            (Some(sleep), Some(at)) => sleep.as_mut().reset(at),
            (None, Some(at)) => self.0 = Some(Box::pin(sleep_until(at))),
        }
    }

    /// Waits until it rings. Cancel-safe.
    pub(super) async fn rings(&mut self) {
        poll_fn(|context| {
            let Some(sleep) = &mut self.0 else { return Poll::Pending };
            ready!(sleep.as_mut().poll(context));
            self.0 = None;
            Poll::Ready(())
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_rings_at_the_latest_when_it_was_set_to_last() {
        let (mut alarm, began) = (Alarm::default(), Instant::now());
        let after = |seconds| Some(began + Duration::from_secs(seconds));
        assert!(alarm.rings().now_or_never().is_none());
        alarm.set(after(9));
        alarm.set(after(3));
        alarm.set(after(5));
        alarm.rings().await;
        assert_eq!(
            began.elapsed(),
            Duration::from_secs(3),
            "too early for what it was set to last, never too late"
        );
        alarm.set(after(5));
        alarm.rings().await;
        assert_eq!(began.elapsed(), Duration::from_secs(5));
        alarm.set(after(6));
        alarm.set(None);
        tokio::time::advance(Duration::from_secs(9)).await;
        assert!(alarm.rings().now_or_never().is_none());
    }
}
