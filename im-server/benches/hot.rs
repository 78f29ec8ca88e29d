//! What happens to each message: the hub with its rings, and the store. `cargo bench -p im-server`.

#![allow(clippy::unwrap_used, reason = "a bench that cannot go on has failed")]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use im_server::benching::{Log, Room};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// So many listen.
const LISTENERS: [u64; 3] = [1, 100, 1000];

/// So many events are taken at once; the last is a whole ring.
const EVENTS: [u64; 3] = [1, 32, 256];

/// So many posts wait for the writer at once.
const BATCHES: [usize; 4] = [1, 32, 100, 1000];

fn main() {
    divan::main();
}

/// Where nobody looks: whoever was told is not told again.
#[divan::bench]
fn the_ring_takes_an_event(bencher: Bencher<'_, '_>) {
    let mut room = Room::new(0).unwrap();
    bencher.bench_local(|| room.publish());
}

#[divan::bench(args = EVENTS)]
fn one_reads_from_the_ring(bencher: Bencher<'_, '_>, events: u64) {
    let mut room = Room::new(1).unwrap();
    (0..events).for_each(|_| room.publish());
    bencher.counter(ItemsCount::new(events)).bench_local(|| black_box(room.take(events)));
}

#[divan::bench(args = LISTENERS)]
fn the_hub_tells_all_and_each_takes_it(bencher: Bencher<'_, '_>, listeners: u64) {
    let mut room = Room::new(listeners).unwrap();
    bencher.counter(ItemsCount::new(listeners)).bench_local(|| {
        room.publish();
        assert_eq!(room.take(1) as u64, listeners);
    });
}

#[divan::bench(args = BATCHES, sample_count = 20, sample_size = 1)]
fn posts_are_written(bencher: Bencher<'_, '_>, batch: usize) {
    write(bencher, batch, false);
}

#[divan::bench(args = BATCHES, sample_count = 20, sample_size = 1)]
fn posts_are_written_and_synced(bencher: Bencher<'_, '_>, batch: usize) {
    write(bencher, batch, true);
}

fn write(bencher: Bencher<'_, '_>, batch: usize, synced: bool) {
    let (runtime, folder) = (runtime(), TempDir::new().unwrap());
    let mut log = runtime.block_on(Log::open(folder.path(), synced)).unwrap();
    bencher.counter(ItemsCount::new(batch)).bench_local(|| runtime.block_on(log.post(batch)).unwrap());
    assert!(runtime.block_on(log.close()));
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}
