//! What the standard says of words, as a proofreader takes it.

use super::{Address, Standard, Words};
use crate::communication::proof::{ChannelRules, Fault, House, Limit, Phrases, Spoken};

impl Standard {
    /// What this company says of its words: the glossary, names of services and suppliers, channels.
    pub fn house(&self) -> House {
        let said = &self.communication;
        let by_locale = |words: &Words| -> Vec<(String, String)> {
            words.iter().map(|(locale, text)| (locale.to_owned(), text.to_owned())).collect()
        };
        let avoid = self.glossary.avoid.iter().map(|avoid| Phrases {
            words: avoid.words.clone(),
            instead: by_locale(&avoid.instead),
            why: avoid.why.clone(),
            fault: Some(avoid.kind),
        });
        // "payment" and "balance" are words; `card-auth` is nothing that a customer says.
        let coined = |id: &&str| id.contains(['-', '_']);
        let services = self.services.iter().filter(|s| coined(&s.id.as_str())).map(|s| Phrases {
            words: vec![s.id.clone()],
            instead: by_locale(&s.name),
            why: None,
            fault: Some(Fault::InternalTerm),
        });
        let vendors = self.vendors.iter().map(|vendor| {
            // "Nimbus Switch (fictitious)" is known by the name before the bracket.
            let name = vendor.name.split(" (").next().unwrap_or(&vendor.name);
            Phrases {
                words: vec![vendor.id.clone(), name.to_owned()],
                instead: Vec::new(),
                why: Some(
                    "say what customers cannot do; whose part failed is for the review".into(),
                ),
                fault: Some(Fault::VendorName),
            }
        });
        let channels = said.channels.iter().map(|channel| {
            let mut limits = Vec::new();
            for field in &channel.fields {
                limits.push(Limit {
                    field: field.name.clone(),
                    max: field.max,
                    unit: field.unit,
                    platform: None,
                });
                let platform =
                    field.within.as_ref().and_then(|name| Some((name, said.limit(name)?)));
                limits.extend(platform.map(|(name, limit)| Limit {
                    field: field.name.clone(),
                    max: limit.max,
                    unit: limit.unit,
                    platform: Some(name.clone()),
                }));
            }
            let payloads = channel.payload.iter().filter_map(|name| {
                let limit = said.limit(name)?;
                let platform = Some(name.clone());
                Some(Limit { field: String::new(), max: limit.max, unit: limit.unit, platform })
            });
            ChannelRules {
                id: channel.id.clone(),
                customers_read: channel.customer_facing,
                spoken: match channel.address {
                    Address::Tu => Spoken::Tu,
                    Address::Usted => Spoken::Usted,
                    Address::None => Spoken::Nobody,
                },
                links: channel.links,
                limits,
                payloads: payloads.collect(),
            }
        });
        let ease = [("es", said.readability.es), ("en", said.readability.en)];
        House {
            phrases: avoid.chain(services).chain(vendors).collect(),
            acronyms: self.glossary.acronyms.clone(),
            domains: said.domains.clone(),
            channels: channels.collect(),
            ease: ease.into_iter().filter_map(|(l, n)| Some((l.to_owned(), n?))).collect(),
            least_words: said.readability.least_words,
        }
    }
}
