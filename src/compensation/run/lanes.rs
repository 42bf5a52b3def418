//! Blocks worked on by all cores, their results taken in the order of the file.
//!
//! A bounded number of lanes goes round: one thread fills their blocks, the workers fill their
//! results, the caller takes these in order and sends the lanes back. So memory does not grow with
//! the file, and a slow disk slows the reading down.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};

use crate::compensation::evidence::{Block, Blocks};

/// More workers than this would hold more than their share of memory.
pub(super) const MOST_WORKERS: usize = 24;

/// Lanes beyond one a worker: one is read, one is written, one lies ready.
const SPARE: usize = 3;

struct Lane<T> {
    number: u64,
    block: Block,
    result: T,
}

/// Works on all blocks with so many workers; `take` gets every result in order, to be cleared by
/// `work` when its lane comes round again.
///
/// # Errors
///
/// When the source cannot be read, after what came before was taken; or what `take` says.
pub(super) fn in_order<R, T, E>(
    blocks: &mut Blocks<R>,
    workers: usize,
    result: impl Fn() -> T,
    work: impl Fn(&Block, &mut T) + Sync,
    mut take: impl FnMut(&mut T) -> Result<(), E>,
) -> Result<(), E>
where
    R: Read + Send,
    T: Send,
    E: From<io::Error>,
{
    let workers = workers.clamp(1, MOST_WORKERS);
    let (free, to_fill) = channel();
    let (filled, to_work) = channel();
    let (worked, to_take) = channel();
    for _ in 0..workers + SPARE {
        let lane = Lane { number: 0, block: Block::default(), result: result() };
        // The receiver is held below, so nothing is lost.
        let _ = free.send(lane);
    }
    let to_work = Mutex::new(to_work);
    std::thread::scope(|threads| {
        let reader = threads.spawn(move || fill(blocks, &to_fill, &filled));
        for _ in 0..workers {
            let (to_work, worked, work) = (&to_work, worked.clone(), &work);
            threads.spawn(move || {
                while let Some(mut lane) = next(to_work) {
                    work(&lane.block, &mut lane.result);
                    if worked.send(lane).is_err() {
                        break;
                    }
                }
            });
        }
        drop(worked);
        let mut waiting: BTreeMap<u64, Lane<T>> = BTreeMap::new();
        let mut due = 0;
        let mut taken = Ok(());
        for lane in &to_take {
            waiting.insert(lane.number, lane);
            while let Some(mut lane) = waiting.remove(&due) {
                due += 1;
                taken = taken.and_then(|()| take(&mut lane.result));
                if taken.is_ok() {
                    let _ = free.send(lane);
                }
            }
            if taken.is_err() {
                break;
            }
        }
        // Without free lanes the reader ends, then the workers.
        drop(free);
        drop(to_take);
        let read = reader.join().unwrap_or_else(|_| Err(io::Error::other("the reader ended")));
        taken.and(read.map_err(E::from))
    })
}

fn fill<R: Read, T>(
    blocks: &mut Blocks<R>,
    to_fill: &Receiver<Lane<T>>,
    filled: &Sender<Lane<T>>,
) -> io::Result<()> {
    for (number, mut lane) in (0..).zip(to_fill) {
        lane.number = number;
        if !blocks.next(&mut lane.block)? || filled.send(lane).is_err() {
            break;
        }
    }
    Ok(())
}

fn next<T>(to_work: &Mutex<Receiver<Lane<T>>>) -> Option<Lane<T>> {
    to_work.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8], workers: usize) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        in_order(
            &mut Blocks::of_size(text, 7),
            workers,
            Vec::new,
            |block, result: &mut Vec<u8>| {
                result.clear();
                result.extend_from_slice(&block.bytes);
            },
            |result| {
                all.extend_from_slice(result);
                Ok::<_, io::Error>(())
            },
        )?;
        Ok(all)
    }

    #[test]
    fn any_number_of_workers_gives_the_order_of_the_file() {
        let text: Vec<u8> = (0..5_000).flat_map(|n| format!("{n}\n").into_bytes()).collect();
        for workers in [1, 2, 7] {
            assert_eq!(lines(&text, workers).unwrap(), text, "{workers} workers");
        }
    }

    #[test]
    fn a_disk_that_is_full_ends_it() {
        let text = b"1\n2\n3\n".repeat(10_000);
        let mut left = 10;
        let e = in_order(
            &mut Blocks::of_size(text.as_slice(), 7),
            2,
            || (),
            |_, ()| {},
            |()| {
                left -= 1;
                if left == 0 { Err(io::Error::from(io::ErrorKind::StorageFull)) } else { Ok(()) }
            },
        );
        assert_eq!(e.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
