//! Users made here: the records of the API without the API, from a seed.
//!
//! In goes a [`Plan`] (seed, nationalities, gender); out comes, for every number, one record of about
//! 1,080 bytes. Record `i` depends on the plan and on `i` alone, so a range of one seed can be made
//! anywhere. The bytes of a plan are the same on every machine and in every release: no clock, no
//! foreign random numbers, ages as of the end of 2025. A test holds their hash.
//!
//! The records are those of API 1.4 field by field, irregularities included. Names are our own, and
//! those of Ukraine, Iran and India are in the script of the country.

mod generate;
pub mod nations;
pub mod pattern;
pub mod people;
pub mod record;
pub mod text;
pub mod words;

pub use self::generate::Generate;
use self::people::People;
use self::record::Draft;
use self::text::Moment;
use super::gender::Gender;
use super::nationality::Nationality;
use crate::run::exit::Result;
use crate::run::random::{Random, mix, unpredictable};

/// What is to be made.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The seed: any text.
    pub seed: String,
    /// Only these nationalities; all if empty.
    pub nationalities: Vec<Nationality>,
    /// Only this gender.
    pub gender: Option<Gender>,
}

/// Makes records.
pub struct Generator {
    key: u64,
    peoples: Vec<People>,
    gender: Option<Gender>,
}

impl Generator {
    /// Prepares for `plan`. The order in which nationalities were given does not matter.
    pub fn new(plan: &Plan) -> Self {
        let wanted =
            |code| plan.nationalities.is_empty() || plan.nationalities.iter().any(|nat| nat.code() == code);
        let nations = nations::ALL.into_iter().filter(|nation| wanted(nation.code));
        Self { key: key(&plan.seed), peoples: nations.map(People::of).collect(), gender: plan.gender }
    }

    /// Appends record `number` to `out`.
    pub fn write(&self, number: u64, out: &mut Vec<u8>) {
        let mut random = Random::of(self.key, number);
        let people = random.pick(&self.peoples);
        let drawn = if random.below(2) == 0 { Gender::Female } else { Gender::Male };
        let born = Moment::born(&mut random);
        let draft = Draft { out, random, people, gender: self.gender.unwrap_or(drawn), born };
        // A one-to-one function of the number: no two records of a seed share it.
        draft.write(mix(self.key ^ number));
    }
}

/// A seed's text as the 64 bits that everything depends on.
fn key(seed: &str) -> u64 {
    twox_hash::XxHash3_64::oneshot(seed.as_bytes())
}

/// A seed nobody chose: sixteen digits, as the API makes them.
pub fn random_seed() -> Result<String> {
    Ok(format!("{:016x}", unpredictable()?))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashSet};

    use serde_json::Value;

    use super::*;

    fn plan(seed: &str, nationalities: &[&str], gender: Option<Gender>) -> Plan {
        let nationalities = nationalities.iter().map(|code| code.parse().unwrap()).collect();
        Plan { seed: seed.into(), nationalities, gender }
    }

    fn lines(plan: &Plan, numbers: std::ops::Range<u64>) -> Vec<u8> {
        let generator = Generator::new(plan);
        let mut out = Vec::new();
        for number in numbers {
            generator.write(number, &mut out);
            out.push(b'\n');
        }
        out
    }

    fn records(plan: &Plan, count: u64) -> Vec<Value> {
        let text = String::from_utf8(lines(plan, 0..count)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn the_bytes_of_a_seed_are_frozen() {
        let all = twox_hash::XxHash3_64::oneshot(&lines(&plan("sluicebox", &[], None), 0..2_000));
        assert_eq!(
            format!("{all:016x}"),
            "eaac9be1f43490e8",
            "the bytes of a seed changed: a new major version"
        );
        let some = plan("sluicebox", &["UA", "ch"], Some(Gender::Female));
        let some = twox_hash::XxHash3_64::oneshot(&lines(&some, 0..2_000));
        assert_eq!(
            format!("{some:016x}"),
            "a0d8d46ea108adf7",
            "the bytes of a seed changed: a new major version"
        );
    }

    #[test]
    fn a_range_of_a_seed_is_that_part_of_the_whole() {
        let plan = plan("a", &[], None);
        let whole = lines(&plan, 0..100);
        let parts = [lines(&plan, 0..37), lines(&plan, 37..100)].concat();
        assert!(whole == parts);
        assert!(whole != lines(&super::tests::plan("b", &[], None), 0..100));
    }

    #[test]
    fn fields_stand_in_the_order_of_the_api() {
        let record = &records(&plan("a", &["US"], None), 1)[0];
        let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(keys(record), "gender name location email login dob registered phone cell id picture nat");
        assert_eq!(keys(&record["name"]), "title first last");
        assert_eq!(keys(&record["location"]), "street city state country postcode coordinates timezone");
        assert_eq!(keys(&record["location"]["street"]), "number name");
        assert_eq!(keys(&record["login"]), "uuid username password salt md5 sha1 sha256");
        assert_eq!(keys(&record["picture"]), "large medium thumbnail");
        assert_eq!(record["nat"], "US");
    }

    #[test]
    fn the_irregularities_of_the_api_are_there() {
        let mut nations: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for record in records(&plan("irregular", &[], None), 4_200) {
            nations.entry(record["nat"].as_str().unwrap().into()).or_default().push(record);
        }
        assert_eq!(nations.len(), 21);
        for (nation, records) in nations {
            let text_postcode = ["CA", "GB", "NL", "NO"].contains(&nation.as_str());
            let no_id = ["IR", "NZ", "TR", "UA"].contains(&nation.as_str());
            for record in records {
                assert_eq!(record["location"]["postcode"].is_string(), text_postcode, "{nation}");
                assert_eq!(record["id"]["value"].is_null(), no_id, "{nation}");
                assert!(record["location"]["coordinates"]["latitude"].is_string());
                assert!(record["email"].as_str().unwrap().is_ascii());
            }
        }
    }

    #[test]
    fn norwegian_postcodes_keep_their_leading_zeros() {
        let records = records(&plan("a", &["NO"], None), 200);
        assert!(
            records.iter().any(|record| record["location"]["postcode"].as_str().unwrap().starts_with('0'))
        );
    }

    #[test]
    fn gender_and_nationality_are_as_asked() {
        for record in records(&plan("a", &["FR", "DE"], Some(Gender::Female)), 200) {
            assert_eq!(record["gender"], "female");
            assert!(record["nat"] == "FR" || record["nat"] == "DE");
            assert!(record["picture"]["large"].as_str().unwrap().contains("/women/"));
        }
    }

    #[test]
    fn uuids_are_unique_and_of_version_four() {
        let mut seen = HashSet::new();
        for record in records(&plan("a", &[], None), 5_000) {
            let uuid = record["login"]["uuid"].as_str().unwrap();
            assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"));
            assert!(["8", "9", "a", "b"].contains(&&uuid[19..20]));
            assert!(seen.insert(uuid.to_owned()));
        }
    }

    #[test]
    fn records_are_as_long_as_those_of_the_api() {
        let mean = lines(&plan("a", &[], None), 0..5_000).len() / 5_000;
        assert!((1_050..1_130).contains(&mean), "{mean}");
    }
}
