/// Bytes of the longest text that is compared with names.
const LONGEST: usize = 80;

/// The known name nearest to what was typed, if it is near enough to be meant.
///
/// Near enough is a third of the longer name's letters, at least one; or a beginning of it.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Comparing costs the product of both lengths; no name that is meant is that long.
    if typed.len() > LONGEST {
        return None;
    }
    let wanted = typed.to_lowercase();
    known
        .into_iter()
        .filter(|name| name.len() <= LONGEST)
        .filter_map(|name| {
            let candidate = name.to_lowercase();
            let distance = strsim::damerau_levenshtein(&wanted, &candidate);
            let allowed = (wanted.chars().count().max(candidate.chars().count()) / 3).max(1);
            let begins = wanted.len() >= 3 && candidate.starts_with(&wanted);
            (distance <= allowed || begins).then_some((if begins { 1 } else { distance }, name))
        })
        .min_by_key(|(distance, name)| (*distance, *name))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_typos_and_beginnings_only() {
        assert_eq!(nearest("statsu", ["status", "title"]), Some("status"));
        assert_eq!(nearest("check", ["checkout", "payment"]), Some("checkout"));
        assert_eq!(nearest("zzz", ["status", "title"]), None);
        assert_eq!(nearest(&"status".repeat(1 << 20), ["status", "title"]), None);
    }
}
