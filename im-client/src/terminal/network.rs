//! The task that talks to the server. It dials when it is told, sends what it is given, reports what it hears, and
//! decides nothing.

use std::collections::VecDeque;

use im_proto::{Ask, FromServer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc::{Sender, UnboundedReceiver};

use crate::app::What;
use crate::connection::{self, Asker, ConnectionError, Dial, Hearer};
use crate::paint::Paint;
use crate::secure::Secured;

/// What the task is told. What may be on its way is bounded by whoever tells it.
#[derive(Debug)]
pub enum Order {
    /// Drop what connection there is and make one.
    Dial {
        /// Names the dial in all reports.
        dial: u64,
        /// Where to.
        to: String,
    },
    /// Send a request.
    Send(Ask),
    /// Drop the connection.
    HangUp,
}

/// What the task tells, each with the dial it is about.
#[derive(Debug)]
pub enum Report {
    /// There is a connection.
    Up(u64),
    /// There is about to be one, and how safe it is from those on the way.
    Secured(u64, Secured),
    /// The server says something.
    Heard(u64, Box<FromServer>),
    /// There is no connection any more, and why.
    Down(u64, String),
    /// There is none, because whoever answers is not to be trusted, and why.
    Untrusted(u64, String),
    /// What the parts of pieces of code are; the thread that finds it out tells it the same way.
    Painted(Vec<(u64, Paint)>),
}

impl Report {
    /// As the client takes it.
    pub(super) fn what(self) -> What {
        match self {
            Self::Up(dial) => What::Up(dial),
            Self::Secured(dial, secured) => What::Secured(dial, secured),
            Self::Heard(dial, said) => What::Heard(dial, said),
            Self::Down(dial, why) => What::Down(dial, why),
            Self::Untrusted(dial, why) => What::Untrusted(dial, why),
            Self::Painted(painted) => What::Painted(painted),
        }
    }
}

/// Serves until nobody is left to give orders; what was to be sent has been sent then.
pub async fn run(by: impl Dial, mut orders: UnboundedReceiver<Order>, reports: Sender<Report>) {
    let mut next = orders.recv().await;
    while let Some(order) = next {
        next = match order {
            Order::Dial { dial, to } => serve(&by, dial, &to, &mut orders, &reports).await,
            // Meant for a connection that is gone.
            Order::Send(_) | Order::HangUp => orders.recv().await,
        };
    }
}

/// One connection, from the dial on; returns the order that ends it.
async fn serve(
    by: &impl Dial,
    dial: u64,
    to: &str,
    orders: &mut UnboundedReceiver<Order>,
    reports: &Sender<Report>,
) -> Option<Order> {
    let opened = tokio::select! {
        biased;
        order = orders.recv() => return order,
        opened = connection::open(by, to) => opened,
    };
    let ended = match opened {
        Ok((asker, hearer)) => {
            // Whoever reads the reports is there as long as orders come.
            let _ = reports.send(Report::Secured(dial, hearer.secured().clone())).await;
            let _ = reports.send(Report::Up(dial)).await;
            match talk(dial, asker, hearer, orders, reports).await {
                Ok(order) => return order,
                Err(error) => error,
            }
        }
        Err(error) => error,
    };
    let down = if ended.is_final() { Report::Untrusted } else { Report::Down };
    let _ = reports.send(down(dial, ended.to_string())).await;
    orders.recv().await
}

/// Sends and hears until another order than to send comes.
async fn talk<S: AsyncRead + AsyncWrite>(
    dial: u64,
    mut asker: Asker<S>,
    mut hearer: Hearer<S>,
    orders: &mut UnboundedReceiver<Order>,
    reports: &Sender<Report>,
) -> Result<Option<Order>, ConnectionError> {
    // What was to be sent while something was being written.
    let mut waiting = VecDeque::new();
    let (mut unsent, mut parting) = (false, false);
    loop {
        if !unsent {
            // All that is ready goes out in one write.
            while let Some(ask) = waiting.pop_front() {
                asker.feed(&ask).await?;
                unsent = true;
            }
        }
        if parting && !unsent {
            return Ok(None);
        }
        tokio::select! {
            biased;
            // Also while nothing can be written: a connection that takes nothing more may be the one to be dropped.
            order = orders.recv(), if !parting => match order {
                Some(Order::Send(ask)) => {
                    waiting.push_back(ask);
                    while let Ok(order) = orders.try_recv() {
                        match order {
                            Order::Send(ask) => waiting.push_back(ask),
                            other => return Ok(Some(other)),
                        }
                    }
                }
                Some(other) => return Ok(Some(other)),
                None => parting = true,
            },
            flushed = asker.flush(), if unsent => {
                flushed?;
                unsent = false;
            }
            said = hearer.next() => {
                let heard = Report::Heard(dial, Box::new(said?));
                if reports.send(heard).await.is_err() {
                    return Ok(None);
                }
            }
        }
    }
}
