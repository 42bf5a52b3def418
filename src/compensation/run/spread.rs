//! An amount shared out in proportion, to the last minor unit.
//!
//! Everybody gets the whole units of the exact share; what is left goes, a unit each, to the largest
//! remainders, ties to the smaller customer id. So no row's place in the file decides anything. The
//! last remainder that still gets one is found by narrowing its key two bytes at a time, in as many
//! readings as that takes and in little memory.

use std::io;

/// Reads all lines anew and gives each one's amount, customer id and form.
pub(super) type Reading<'r> =
    dyn FnMut(&mut dyn FnMut(i64, &str, u8) -> io::Result<()>) -> io::Result<()> + 'r;

/// Keys that are sorted in memory once so few are left.
const FEW: u64 = 20_000;

/// Two bytes of a key, each of them 0 where the key has ended.
const PAIRS: usize = 257 * 257;

/// How a total becomes a smaller one, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shares {
    target: i128,
    total: i128,
    /// Bytes that a remainder needs.
    width: usize,
    /// The last key that gets a unit more; none does where this is none.
    last: Option<Vec<u8>>,
}

impl Shares {
    /// Works out how lines that add up to `total` share `target`; none where the numbers do not fit.
    ///
    /// # Errors
    ///
    /// When the lines cannot be read again.
    pub(super) fn of(target: i64, total: i64, lines: &mut Reading<'_>) -> io::Result<Shares> {
        let (target, total) = (i128::from(target.max(0)), i128::from(total.max(1)));
        let width = (128 - (total - 1).leading_zeros() as usize).div_ceil(8).max(1);
        let mut shares = Shares { target, total, width, last: None };
        let mut given = 0_i128;
        lines(&mut |amount, _, _| {
            given += shares.floor(amount);
            Ok(())
        })?;
        let left = u64::try_from(target - given).unwrap_or(0);
        if left > 0 {
            let own = shares.clone();
            shares.last = nth(left, &mut |each| {
                let mut key = Vec::new();
                lines(&mut |amount, id, form| {
                    own.key(amount, id, form, &mut key);
                    each(&key)
                })
            })?;
        }
        Ok(shares)
    }

    /// What a line gets.
    pub(super) fn share(&self, amount: i64, id: &str, form: u8, key: &mut Vec<u8>) -> i64 {
        let floor = i64::try_from(self.floor(amount)).unwrap_or(i64::MAX);
        let Some(last) = &self.last else { return floor };
        self.key(amount, id, form, key);
        if key.as_slice() <= last.as_slice() { floor.saturating_add(1) } else { floor }
    }

    fn floor(&self, amount: i64) -> i128 {
        // Two numbers of 64 bits: their product fits.
        i128::from(amount) * self.target / self.total
    }

    /// The larger the remainder, the smaller the key; then the customer's id, then the form.
    fn key(&self, amount: i64, id: &str, form: u8, key: &mut Vec<u8>) {
        let rest = i128::from(amount) * self.target % self.total;
        let turned = (self.total - 1 - rest).to_be_bytes();
        key.clear();
        key.extend_from_slice(turned.get(turned.len() - self.width..).unwrap_or_default());
        key.extend_from_slice(id.as_bytes());
        // No id holds a zero byte, so an id comes before those that it begins.
        key.extend_from_slice(&[0, form]);
    }
}

/// Splits an amount over a few parts in proportion, to the last unit; ties go to the earlier part.
pub(super) fn split(target: i64, parts: &mut [i64]) {
    let total: i128 = parts.iter().map(|p| i128::from(*p)).sum();
    if total <= 0 {
        return;
    }
    let exact = |part: i64| i128::from(part) * i128::from(target);
    let mut order: Vec<(i128, usize)> =
        parts.iter().enumerate().map(|(i, p)| (-(exact(*p) % total), i)).collect();
    order.sort_unstable();
    let mut given = 0_i128;
    for part in parts.iter_mut() {
        let floor = exact(*part) / total;
        given += floor;
        *part = i64::try_from(floor).unwrap_or(i64::MAX);
    }
    let left = usize::try_from(i128::from(target) - given).unwrap_or(0);
    for (_, i) in order.into_iter().take(left) {
        if let Some(part) = parts.get_mut(i) {
            *part += 1;
        }
    }
}

/// Reads all keys anew.
type Keys<'k> = dyn FnMut(&mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> + 'k;

/// The nth smallest key, counted from one; none where there are fewer.
fn nth(n: u64, keys: &mut Keys<'_>) -> io::Result<Option<Vec<u8>>> {
    let (mut prefix, mut n) = (Vec::new(), n);
    loop {
        let mut counts = vec![0_u64; PAIRS];
        keys(&mut |key| {
            if let Some(rest) = key.strip_prefix(prefix.as_slice())
                && let Some(count) = counts.get_mut(pair(rest))
            {
                *count += 1;
            }
            Ok(())
        })?;
        let mut chosen = None;
        for (pair, count) in counts.iter().enumerate() {
            if n <= *count {
                chosen = Some((pair, *count));
                break;
            }
            n -= count;
        }
        let Some((chosen, count)) = chosen else { return Ok(None) };
        if count > FEW {
            let (first, second) = (chosen / 257, chosen % 257);
            let ended = first == 0 || second == 0;
            prefix.extend(u8::try_from(first.wrapping_sub(1)));
            prefix.extend(u8::try_from(second.wrapping_sub(1)));
            if ended {
                return Ok(Some(prefix));
            }
            continue;
        }
        let mut few = Vec::new();
        keys(&mut |key| {
            if key.strip_prefix(prefix.as_slice()).is_some_and(|rest| pair(rest) == chosen) {
                few.push(key.to_vec());
            }
            Ok(())
        })?;
        few.sort_unstable();
        let at = usize::try_from(n).unwrap_or(usize::MAX).saturating_sub(1);
        return Ok(few.into_iter().nth(at));
    }
}

fn pair(rest: &[u8]) -> usize {
    let byte = |at: usize| rest.get(at).map_or(0, |b| usize::from(*b) + 1);
    byte(0) * 257 + byte(1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shared(target: i64, lines: &[(i64, String)]) -> Vec<i64> {
        let total = lines.iter().map(|(amount, _)| amount).sum();
        let mut reading = |each: &mut dyn FnMut(i64, &str, u8) -> io::Result<()>| {
            lines.iter().try_for_each(|(amount, id)| each(*amount, id, 0))
        };
        let shares = Shares::of(target, total, &mut reading).unwrap();
        let mut key = Vec::new();
        lines.iter().map(|(amount, id)| shares.share(*amount, id, 0, &mut key)).collect()
    }

    fn lines(amounts: &[i64]) -> Vec<(i64, String)> {
        amounts.iter().enumerate().map(|(i, a)| (*a, format!("C{i}"))).collect()
    }

    #[test]
    fn ten_in_three() {
        assert_eq!(shared(10, &lines(&[1, 1, 1])), [4, 3, 3]);
        assert_eq!(shared(100, &lines(&[333, 333, 334])), [33, 33, 34]);
        assert_eq!(shared(0, &lines(&[5, 5])), [0, 0]);
        assert_eq!(shared(5, &[(1, "b".into()), (1, "a".into())]), [2, 3]);
    }

    #[test]
    fn many_customers_with_one_amount() {
        let mut all: Vec<_> = (0..70_000).map(|n| (7, format!("C{n:06}"))).collect();
        all.reverse();
        let given = shared(100_001, &all);
        assert_eq!(given.iter().sum::<i64>(), 100_001);
        for ((_, id), given) in all.iter().zip(given) {
            assert_eq!(given, if id.as_str() < "C030001" { 2 } else { 1 }, "{id}");
        }
    }

    #[test]
    fn the_largest_numbers_fit() {
        let half = i64::MAX / 2;
        assert_eq!(shared(i64::MAX - 1, &lines(&[half, half])), [half, half]);
        assert_eq!(shared(half, &lines(&[half, half])), [half / 2 + half % 2, half / 2]);
    }

    proptest! {
        #[test]
        fn the_budget_is_given_out_to_the_cent(
            amounts in proptest::collection::vec(1_i64..100_000, 1..40), part in 0_u8..=100,
            turn in 0_usize..40,
        ) {
            let all = lines(&amounts);
            let total: i64 = amounts.iter().sum();
            let target = total * i64::from(part) / 100;
            let given = shared(target, &all);
            prop_assert_eq!(given.iter().sum::<i64>(), target);
            for (amount, given) in amounts.iter().zip(&given) {
                prop_assert!(given <= amount);
                prop_assert!((given * total - amount * target).abs() < total);
            }
            let mut turned: Vec<_> = all.iter().cloned().zip(given).collect();
            turned.rotate_left(turn % all.len());
            let again = shared(target, &turned.iter().map(|(line, _)| line.clone()).collect::<Vec<_>>());
            prop_assert_eq!(again, turned.iter().map(|(_, given)| *given).collect::<Vec<_>>());
        }

        #[test]
        fn parts_add_up(mut parts in proptest::collection::vec(0_i64..1_000, 1..8), target in 0_i64..10_000) {
            let any = parts.iter().any(|p| *p > 0);
            split(target, &mut parts);
            prop_assert!(!any || parts.iter().sum::<i64>() == target);
        }
    }
}
