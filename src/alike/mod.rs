//! How much incidents have in common: words weighed by how rare they are (tf-idf), compared by the
//! cosine of their angle.
//!
//! Words of Spanish and English, without accents, endings of the plural and the words that every
//! text has. What is no word of a text (a service, a cause, a change) is a term of its own, `service:`
//! before it, and can weigh more. Whole per mille come out: a likeness is an estimate.

mod terms;

use std::collections::{BTreeMap, HashMap};

pub use terms::{Terms, words};

/// Texts that can be compared.
#[derive(Debug)]
pub struct Corpus {
    names: Vec<String>,
    /// How rare each term is: ln((1 + texts) ÷ (1 + texts with it)) + 1.
    rarity: Vec<f64>,
    /// Of each text its terms with their weights, by term; each of length one.
    texts: Vec<Vec<(usize, f64)>>,
    /// In which texts each term stands, and how heavily.
    places: Vec<Vec<(usize, f64)>>,
    known: HashMap<String, usize>,
}

/// A text that is like another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near {
    /// Its place in the corpus.
    pub at: usize,
    /// How alike, from 0 to 1000.
    pub score: u16,
}

/// Texts that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Their places, in the order of the corpus.
    pub members: Vec<usize>,
    /// The mean of how alike each is to what all have in common, from 0 to 1000.
    pub score: u16,
}

impl Corpus {
    /// Reads texts as terms with their weights.
    pub fn new(texts: impl IntoIterator<Item = Terms>) -> Corpus {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut names: Vec<String> = Vec::new();
        let mut counted: Vec<Vec<(usize, f64)>> = Vec::new();
        for terms in texts {
            let mut text: Vec<(usize, f64)> = Vec::with_capacity(terms.0.len());
            for (term, weight) in terms.0 {
                let place = match known.get(&term) {
                    Some(place) => *place,
                    None => {
                        known.insert(term.clone(), names.len());
                        names.push(term);
                        names.len() - 1
                    }
                };
                text.push((place, f64::from(weight)));
            }
            text.sort_unstable_by_key(|(place, _)| *place);
            text.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                kept.1 += if same { next.1 } else { 0.0 };
                same
            });
            counted.push(text);
        }
        let mut with = vec![0_u32; names.len()];
        for (term, _) in counted.iter().flatten() {
            with[*term] += 1;
        }
        let all = f64::from(u32::try_from(counted.len()).unwrap_or(u32::MAX));
        let rarity: Vec<f64> =
            with.iter().map(|n| ((1.0 + all) / (1.0 + f64::from(*n))).ln() + 1.0).collect();
        let texts: Vec<_> = counted.into_iter().map(|text| weighed(text, &rarity)).collect();
        let mut places = vec![Vec::new(); names.len()];
        for (at, text) in texts.iter().enumerate() {
            for (term, weight) in text {
                places[*term].push((at, *weight));
            }
        }
        Corpus { names, rarity, texts, places, known }
    }

    /// The texts most like these terms, best first, those in nothing alike left out.
    pub fn nearest(&self, terms: &Terms, most: usize) -> Vec<Near> {
        let mut text: BTreeMap<usize, f64> = BTreeMap::new();
        for (term, weight) in &terms.0 {
            if let Some(place) = self.known.get(term) {
                *text.entry(*place).or_default() += f64::from(*weight);
            }
        }
        let text = weighed(text.into_iter().collect(), &self.rarity);
        let mut sums = vec![0.0; self.texts.len()];
        for (term, weight) in &text {
            for (at, other) in &self.places[*term] {
                sums[*at] += weight * other;
            }
        }
        let found = sums.into_iter().enumerate().map(|(at, sum)| Near { at, score: mille(sum) });
        let mut found: Vec<Near> = found.filter(|near| near.score > 0).collect();
        found.sort_by_key(|near| (std::cmp::Reverse(near.score), near.at));
        found.truncate(most);
        found
    }

    /// The terms that two texts share, what tells most about them first.
    pub fn shared(&self, a: usize, b: usize) -> Vec<&str> {
        let empty = Vec::new();
        let (a, b) = (self.texts.get(a).unwrap_or(&empty), self.texts.get(b).unwrap_or(&empty));
        let other: BTreeMap<usize, f64> = b.iter().copied().collect();
        let mut both: Vec<(usize, f64)> =
            a.iter().filter_map(|(term, w)| Some((*term, w * other.get(term)?))).collect();
        both.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        both.into_iter().map(|(term, _)| self.names[term].as_str()).collect()
    }

    /// The terms that most members of a group have, what tells most about them first.
    pub fn common(&self, members: &[usize]) -> Vec<&str> {
        let mut sums: BTreeMap<usize, (usize, f64)> = BTreeMap::new();
        for (term, weight) in members.iter().filter_map(|at| self.texts.get(*at)).flatten() {
            let (count, sum) = sums.entry(*term).or_default();
            *count += 1;
            *sum += weight;
        }
        let mut most: Vec<(usize, f64)> = sums
            .into_iter()
            .filter(|(_, (count, _))| count * 2 > members.len() && *count > 1)
            .map(|(term, (_, sum))| (term, sum))
            .collect();
        most.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
        most.into_iter().map(|(term, _)| self.names[term].as_str()).collect()
    }

    /// Groups of at least two texts: each text, in order, joins the group whose middle it is most
    /// like, if that is at least `threshold` of 1000; else it begins one. Best groups first.
    pub fn groups(&self, threshold: u16) -> Vec<Group> {
        let mut middles: Vec<HashMap<usize, f64>> = Vec::new();
        let mut lengths: Vec<f64> = Vec::new();
        let mut members: Vec<Vec<usize>> = Vec::new();
        // In which groups a term stands.
        let mut of_term: Vec<Vec<usize>> = vec![Vec::new(); self.names.len()];
        for (at, text) in self.texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
            for (term, weight) in text {
                for group in &of_term[*term] {
                    let other = middles[*group].get(term).copied().unwrap_or_default();
                    *sums.entry(*group).or_default() += weight * other;
                }
            }
            let score = |(group, sum): (usize, f64)| (group, sum / lengths[group].sqrt());
            let best =
                sums.into_iter().map(score).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            let group = match best {
                Some((group, score)) if mille(score) >= threshold => group,
                _ => {
                    middles.push(HashMap::new());
                    lengths.push(0.0);
                    members.push(Vec::new());
                    members.len() - 1
                }
            };
            members[group].push(at);
            for (term, weight) in text {
                let middle = middles[group].entry(*term).or_insert_with(|| {
                    of_term[*term].push(group);
                    0.0
                });
                lengths[group] += weight * (2.0 * *middle + weight);
                *middle += weight;
            }
        }
        let mut groups: Vec<Group> = members
            .into_iter()
            .enumerate()
            .filter(|(_, members)| members.len() > 1)
            .map(|(group, members)| {
                let like = |at: &usize| {
                    let dot = self.texts[*at]
                        .iter()
                        .map(|(term, w)| w * middles[group].get(term).copied().unwrap_or_default());
                    u32::from(mille(dot.sum::<f64>() / lengths[group].sqrt()))
                };
                let sum: u32 = members.iter().map(like).sum();
                let mean = sum / u32::try_from(members.len()).unwrap_or(1).max(1);
                Group { members, score: u16::try_from(mean).unwrap_or(1000) }
            })
            .collect();
        groups.sort_by_key(|group| (std::cmp::Reverse(group.score), group.members.clone()));
        groups
    }
}

/// Weighs terms by their rarity, and makes the whole one long.
fn weighed(text: Vec<(usize, f64)>, rarity: &[f64]) -> Vec<(usize, f64)> {
    // A word said ten times does not mean ten times as much.
    let weigh = |(term, n): (usize, f64)| (term, (1.0 + n.ln().max(-0.9)) * rarity[term]);
    let mut text: Vec<(usize, f64)> = text.into_iter().map(weigh).collect();
    let length = text.iter().map(|(_, w)| w * w).sum::<f64>().sqrt();
    if length > 0.0 {
        text.iter_mut().for_each(|(_, w)| *w /= length);
    }
    text
}

fn mille(score: f64) -> u16 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`as` saturates, and a cosine of weights above zero lies between 0 and 1"
    )]
    let n = (score.clamp(0.0, 1.0) * 1000.0).round() as u16;
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus(texts: &[&str]) -> Corpus {
        Corpus::new(texts.iter().map(|text| Terms::default().text(text, 1)))
    }

    #[test]
    fn what_shares_rare_words_is_nearest_and_what_shares_none_is_not_there() {
        let corpus = corpus(&[
            "Card payments refused at checkout",
            "Tarjetas rechazadas: certificado vencido",
            "Certificado vencido en el portal",
            "Transfers late",
        ]);
        let near = corpus.nearest(&Terms::default().text("el certificado venció: vencidos", 1), 9);
        assert_eq!(near.iter().map(|n| n.at).collect::<Vec<_>>(), [2, 1]);
        assert!(near[0].score > near[1].score);
        assert_eq!(corpus.shared(1, 2), ["certificado", "vencido"]);
        assert_eq!(corpus.nearest(&Terms::default(), 9), []);
        let same = corpus.nearest(&Terms::default().text("transfers late", 1), 1);
        assert_eq!(same, [Near { at: 3, score: 1000 }]);
    }

    #[test]
    fn texts_that_are_alike_make_a_group() {
        let corpus = corpus(&[
            "tokens expired at the card gateway",
            "queue full in settlement",
            "card gateway tokens expired again",
            "nothing in particular",
            "gateway: expired tokens, cards",
        ]);
        let groups = corpus.groups(500);
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].members, [0, 2, 4]);
        let common = corpus.common(&groups[0].members);
        assert!(common.contains(&"gateway") && common.contains(&"token"), "{common:?}");
        assert!(corpus.groups(1001).is_empty());
        assert!(Corpus::new([]).groups(1).is_empty());
    }
}
