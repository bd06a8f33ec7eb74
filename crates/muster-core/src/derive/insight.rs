//! What departures of a held plan have in common, and what is unusual about its delivery: evidence for the person who decides.
//! It decides nothing, and is empty where nothing is unusual.

use crate::model::{field::FieldNumber, origin::DeliveredFile};

/// Fewer departures than this have something in common by chance.
const FEWEST: u64 = 5;
/// Percent of the departures that must share a value.
const SHARED: u64 = 90;
/// At most two values are named: the same employees often share several.
const NAMED: usize = 2;
/// Earlier deliveries that make a time usual.
const USUAL: usize = 5;
/// Minutes outside of the usual times.
const EARLY_OR_LATE: u16 = 120;

/// The most frequent value of a field among the departures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrequentValue {
    pub field: FieldNumber,
    pub value: String,
    /// How many departures have it.
    pub departing: u64,
    /// How many other active employees of the integration have it.
    pub staying: u64,
}

/// What is compared.
#[derive(Clone, Debug, Default)]
pub struct Evidence<'e> {
    /// Departures that no record states.
    pub departures: u64,
    /// Other active employees of the integration.
    pub staying: u64,
    pub values: Vec<FrequentValue>,
    /// The files of this delivery, and of the last one that was applied.
    pub files: &'e [DeliveredFile],
    pub last_files: &'e [DeliveredFile],
    /// The minute of the day at which the newest file was written, and those of earlier deliveries.
    pub written: Option<u16>,
    pub usually_written: Vec<u16>,
}

/// Something unusual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    InCommon {
        value: FrequentValue,
        /// Of so many departures.
        of: u64,
    },
    /// A file of the last delivery is not in this one.
    FileMissing { name: String },
    /// The newest file was written at another time of the day than usual; all in minutes of the day.
    UnusualTime { at: u16, from: u16, to: u16 },
}

/// What most likely happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LikelyCause {
    FileMissing {
        name: String,
    },
    /// The records with this value are missing from the delivery, nearly all of them.
    PartMissing {
        field: FieldNumber,
        value: String,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Insight {
    pub observations: Vec<Observation>,
    pub cause: Option<LikelyCause>,
}

/// What is unusual in the evidence.
pub fn insight(evidence: &Evidence<'_>) -> Insight {
    let shared = shared(evidence);
    let missing = missing_file(evidence.last_files, evidence.files);
    let part = shared
        .first()
        .filter(|value| value.staying * 20 <= value.departing);
    let cause = match (missing, part) {
        (Some(name), _) if evidence.departures > 0 => Some(LikelyCause::FileMissing {
            name: name.to_owned(),
        }),
        (_, Some(value)) => Some(LikelyCause::PartMissing {
            field: value.field,
            value: value.value.clone(),
        }),
        _ => None,
    };
    let in_common = shared.into_iter().map(|value| Observation::InCommon {
        value: value.clone(),
        of: evidence.departures,
    });
    let file = missing.map(|name| Observation::FileMissing {
        name: name.to_owned(),
    });
    Insight {
        observations: in_common
            .chain(file)
            .chain(unusual_time(evidence))
            .collect(),
        cause,
    }
}

/// The values that nearly all departures share and most others do not, the most telling one first.
fn shared<'e>(evidence: &'e Evidence<'_>) -> Vec<&'e FrequentValue> {
    if evidence.departures < FEWEST {
        return Vec::new();
    }
    // Shares in thousandths, so that they are compared without rounding differences.
    let share = |part: u64, of: u64| (part * 1_000).checked_div(of).unwrap_or_default();
    let contrast = |value: &FrequentValue| {
        share(value.departing, evidence.departures)
            .saturating_sub(share(value.staying, evidence.staying))
    };
    let mut shared: Vec<_> = evidence
        .values
        .iter()
        .filter(|value| value.departing * 100 >= evidence.departures * SHARED)
        .filter(|value| contrast(value) >= 500)
        .collect();
    shared.sort_by_key(|value| (std::cmp::Reverse(contrast(value)), value.field));
    shared.truncate(NAMED);
    shared
}

/// A file that the last delivery had. Digits in names are dates or numbers, so they may differ.
fn missing_file<'f>(last: &'f [DeliveredFile], now: &[DeliveredFile]) -> Option<&'f str> {
    if last.len() <= now.len() {
        return None;
    }
    let mut names: Vec<String> = now.iter().map(|file| without_digits(&file.name)).collect();
    let mut names_of_last = last.iter().map(|file| file.name.as_str());
    names_of_last.find(|name| {
        let name = without_digits(name);
        match names.iter().position(|found| *found == name) {
            Some(position) => {
                names.swap_remove(position);
                false
            }
            None => true,
        }
    })
}

fn without_digits(name: &str) -> String {
    name.chars().filter(|c| !c.is_ascii_digit()).collect()
}

fn unusual_time(evidence: &Evidence<'_>) -> Option<Observation> {
    let (at, usual) = (evidence.written?, &evidence.usually_written);
    if usual.len() < USUAL {
        return None;
    }
    let (from, to) = (*usual.iter().min()?, *usual.iter().max()?);
    let is_unusual = at + EARLY_OR_LATE < from || at > to + EARLY_OR_LATE;
    is_unusual.then_some(Observation::UnusualTime { at, from, to })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::field::canonical;

    fn value(field: FieldNumber, value: &str, departing: u64, staying: u64) -> FrequentValue {
        FrequentValue {
            field,
            value: value.to_owned(),
            departing,
            staying,
        }
    }

    fn evidence(departures: u64, staying: u64, values: Vec<FrequentValue>) -> Evidence<'static> {
        Evidence {
            departures,
            staying,
            values,
            ..Evidence::default()
        }
    }

    fn file(name: &str) -> DeliveredFile {
        DeliveredFile {
            name: name.to_owned(),
            bytes: 1,
            modified: None,
            sha256: String::new(),
            final_line_break: None,
        }
    }

    #[test]
    fn country_that_all_departures_share_and_nobody_else_has_is_the_likely_cause() {
        let country = value(canonical::COUNTRY, "NL", 2_388, 4);
        let title = value(canonical::TITLE, "Cashier", 700, 3_000);
        let found = insight(&evidence(2_394, 8_812, vec![title, country.clone()]));
        assert_eq!(
            found.observations,
            [Observation::InCommon {
                value: country,
                of: 2_394
            }]
        );
        assert_eq!(
            found.cause,
            Some(LikelyCause::PartMissing {
                field: canonical::COUNTRY,
                value: "NL".to_owned()
            })
        );
    }

    #[test]
    fn value_that_nearly_everybody_has_explains_nothing() {
        for (departing, staying) in [(100, 900), (100, 600), (80, 10)] {
            let country = value(canonical::COUNTRY, "NL", departing, staying);
            let found = insight(&evidence(100, 900, vec![country]));
            assert_eq!(found, Insight::default(), "{departing} and {staying}");
        }
    }

    #[test]
    fn shared_value_of_employees_who_partly_stay_is_shown_without_a_cause() {
        let store = value(canonical::LOCATION, "Utrecht", 10, 5);
        let found = insight(&evidence(10, 500, vec![store]));
        assert_eq!((found.observations.len(), found.cause), (1, None));
    }

    #[test]
    fn four_departures_have_nothing_in_common() {
        let store = value(canonical::LOCATION, "Utrecht", 4, 0);
        assert_eq!(insight(&evidence(4, 500, vec![store])), Insight::default());
    }

    #[test]
    fn file_of_the_last_delivery_that_did_not_arrive_is_named() {
        let last = [file("staff_dk_20261126.csv"), file("staff_nl_20261126.csv")];
        let now = [file("staff_dk_20261127.csv")];
        let found = insight(&Evidence {
            departures: 30,
            last_files: &last,
            files: &now,
            ..Evidence::default()
        });
        let name = "staff_nl_20261126.csv".to_owned();
        assert_eq!(
            found.observations,
            [Observation::FileMissing { name: name.clone() }]
        );
        assert_eq!(found.cause, Some(LikelyCause::FileMissing { name }));
        let renamed = [file("personeel.csv")];
        let same = insight(&Evidence {
            last_files: &last[..1],
            files: &renamed,
            ..Evidence::default()
        });
        assert_eq!(same, Insight::default(), "one file has another name");
    }

    #[test]
    fn file_that_was_written_hours_before_or_after_the_usual_time_is_reported() {
        let at = |written, days: usize| {
            insight(&Evidence {
                written: Some(written),
                usually_written: vec![340, 350, 345, 360, 341, 349][..days].to_vec(),
                ..Evidence::default()
            })
            .observations
        };
        let unusual = |at| Observation::UnusualTime {
            at,
            from: 340,
            to: 360,
        };
        assert_eq!(at(219, 6), [unusual(219)]);
        assert_eq!(at(481, 6), [unusual(481)]);
        for usual in [220, 345, 480] {
            assert_eq!(at(usual, 6), [], "{usual}");
        }
        assert_eq!(at(900, 4), [], "four deliveries make no habit");
    }
}
