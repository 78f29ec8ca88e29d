//! The task that talks to the server, against a peer that takes nothing.

use std::io;
use std::sync::Mutex;
use std::time::Duration;

use im_client::connection::Dial;
use im_client::terminal::network::{Order, Report, run};
use im_proto::{Ask, Hello, MessageId, Request, Text};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc;

/// Bytes that a connection takes, which is more than a hello and less than a message.
const WINDOW_BYTES: usize = 256;

/// Each dial reaches a peer that says hello and reads nothing.
struct Deaf(Mutex<Vec<DuplexStream>>);

impl Dial for Deaf {
    type Stream = DuplexStream;

    async fn dial(&self, _: &str) -> io::Result<DuplexStream> {
        let (ours, mut theirs) = duplex(WINDOW_BYTES);
        theirs.write_all(&Hello::OURS.to_bytes()).await?;
        self.0.lock().unwrap().push(theirs);
        Ok(ours)
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_takes_nothing_more_is_given_up_when_that_is_the_order() {
    let (orders, taken) = mpsc::unbounded_channel();
    let (told, mut reports) = mpsc::channel(16);
    let task = tokio::spawn(run(Deaf(Mutex::default()), taken, told));
    let dial = |dial| orders.send(Order::Dial { dial, to: "deaf".to_owned() }).unwrap();
    dial(1);
    assert!(matches!(reports.recv().await, Some(Report::Secured(1, _))));
    assert!(matches!(reports.recv().await, Some(Report::Up(1))));
    let text = Text::parse(&"x".repeat(10 * WINDOW_BYTES)).unwrap();
    let request =
        Request::Post { to: "#dev".parse().unwrap(), message: MessageId([1; 16]), text, reply_to: None };
    orders.send(Order::Send(Ask { tag: 1, request })).unwrap();
    // The task writes as much as is taken, and has nothing else to do.
    tokio::task::yield_now().await;
    dial(2);
    let secured = tokio::time::timeout(Duration::from_secs(60), reports.recv()).await;
    assert!(matches!(secured, Ok(Some(Report::Secured(2, _)))), "{secured:?}");
    let up = tokio::time::timeout(Duration::from_secs(60), reports.recv()).await;
    assert!(matches!(up, Ok(Some(Report::Up(2)))), "{up:?}");
    drop(orders);
    task.await.unwrap();
}
