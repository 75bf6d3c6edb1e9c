//! What is to be fetched, checked before the first request.

use std::str::FromStr;
use std::time::Duration;

use reqwest::Url;

use super::pace::{PUBLIC, Rate};
use crate::run::retry::Policy;
use crate::run::{Error, Result};
use crate::users::gender::Gender;
use crate::users::nationality::Nationality;
use crate::users::rhythm::Schedule;

/// The public API.
pub const PUBLIC_URL: &str = "https://randomuser.me/api/1.4/";
/// The most users of one request; more, and the API sends one.
pub const MAX_PAGE: u64 = 5_000;
/// The last page of a seed; above it, the API sends page 1.
pub const LAST_PAGE: u64 = 10_000;
/// The fields that `inc` and `exc` name.
const FIELDS: [&str; 12] = [
    "gender",
    "name",
    "location",
    "email",
    "login",
    "registered",
    "dob",
    "phone",
    "cell",
    "id",
    "picture",
    "nat",
];
/// The parameters that are ours to set.
const OURS: [&str; 7] = ["results", "seed", "page", "nat", "gender", "inc", "exc"];

/// The name of a field at the top of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field(&'static str);

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = FIELDS.into_iter().find(|field| *field == text);
        known.map(Field).ok_or_else(|| format!("known are {}", FIELDS.join(", ")))
    }
}

/// Which users.
#[derive(Clone, Debug)]
pub struct Query {
    /// Where the API is.
    pub url: Url,
    /// The seed, for users that can be had again.
    pub seed: Option<String>,
    /// Only these nationalities; all if empty.
    pub nationalities: Vec<Nationality>,
    /// Only this gender.
    pub gender: Option<Gender>,
    /// Only these fields; all if empty.
    pub include: Vec<Field>,
    /// All but these fields.
    pub exclude: Vec<Field>,
}

/// How long to wait, and for what.
#[derive(Clone, Debug)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For the next bytes of an answer.
    pub read: Duration,
    /// How often to try again.
    pub retries: Policy,
    /// For the end of the API's limit, or as long as it asks to be left alone.
    pub limit: Duration,
}

/// Everything about a run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which users.
    pub query: Query,
    /// How many, each turn.
    pub results: u64,
    /// How many a request.
    pub page_size: u64,
    /// When.
    pub schedule: Schedule,
    /// How fast; the public API's own limit if nothing was said and it is the one that is asked.
    pub rate: Option<Rate>,
    /// How patiently.
    pub patience: Patience,
}

impl Plan {
    /// Checks what the API would silently take for something else.
    pub fn check(mut self) -> Result<Self> {
        self.query.check()?;
        if !(1..=MAX_PAGE).contains(&self.page_size) {
            return Err(Error::usage(format!("--page-size goes from 1 to {MAX_PAGE}")));
        }
        if self.patience.connect.is_zero() || self.patience.read.is_zero() {
            return Err(Error::usage("--connect-timeout and --read-timeout take a time above 0"));
        }
        let pages = self.results.div_ceil(self.page_size).saturating_mul(self.schedule.turns().unwrap_or(1));
        if self.query.seed.is_some() && pages > LAST_PAGE {
            return Err(Error::usage(format!("a seed has {LAST_PAGE} pages, and this would be {pages}"))
                .hint("a larger --page-size, or fewer --results"));
        }
        if self.rate.is_none() && self.query.is_public() {
            self.rate = Some(PUBLIC);
        }
        Ok(self)
    }
}

impl Query {
    fn check(&self) -> Result<()> {
        if !["http", "https"].contains(&self.url.scheme()) || !self.url.has_host() {
            return Err(Error::usage("--url takes an address that begins with http:// or https://"));
        }
        if let Some((name, _)) = self.url.query_pairs().find(|(name, _)| OURS.contains(&&**name)) {
            return Err(Error::usage(format!("--url holds the parameter '{name}'"))
                .hint(format!("--{}", flag(&name))));
        }
        if self.seed.as_ref().is_some_and(String::is_empty) {
            return Err(Error::usage("--seed is empty, which the API takes for no seed"));
        }
        if self.seed.is_some() && self.gender.is_some() {
            return Err(Error::usage("the API ignores --gender where there is a --seed")
                .hint("--seed alone, and a filter behind it"));
        }
        Ok(())
    }

    fn is_public(&self) -> bool {
        self.url.host_str().is_some_and(|host| host == "randomuser.me" || host.ends_with(".randomuser.me"))
    }

    /// Server and port, for messages: never a password in the address.
    pub fn server(&self) -> String {
        let host = self.url.host_str().unwrap_or_default();
        self.url.port().map_or(host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The address of one page. Pages count from 1 and mean something only with a seed.
    pub fn page(&self, results: u64, page: u64) -> Url {
        let mut url = self.url.clone();
        let mut pairs = url.query_pairs_mut();
        pairs.append_pair("results", &results.to_string());
        if let Some(seed) = &self.seed {
            pairs.append_pair("seed", seed).append_pair("page", &page.to_string());
        }
        let fields = |fields: &[Field]| fields.iter().map(|field| field.0).collect::<Vec<_>>().join(",");
        let nationalities: Vec<_> = self.nationalities.iter().map(|nat| nat.code()).collect();
        let lists = [
            ("nat", nationalities.join(",")),
            ("inc", fields(&self.include)),
            ("exc", fields(&self.exclude)),
        ];
        for (name, value) in lists.iter().filter(|(_, value)| !value.is_empty()) {
            pairs.append_pair(name, value);
        }
        if let Some(gender) = self.gender {
            pairs.append_pair("gender", gender.name());
        }
        drop(pairs);
        url
    }
}

/// The option that sets a parameter.
fn flag(parameter: &str) -> &str {
    if parameter == "page" { "page-size" } else { parameter }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::rhythm::Rhythm;

    fn query(url: &str) -> Query {
        Query {
            url: url.parse().unwrap(),
            seed: None,
            nationalities: Vec::new(),
            gender: None,
            include: Vec::new(),
            exclude: Vec::new(),
        }
    }

    fn plan(query: Query, results: u64, page_size: u64) -> Result<Plan> {
        let second = Duration::from_secs(1);
        let retries = Policy { retries: 4, first: second, ceiling: second };
        let patience = Patience { connect: second, read: second, retries, limit: second };
        let schedule = Rhythm::default().schedule().unwrap();
        Plan { query, results, page_size, schedule, rate: None, patience }.check()
    }

    #[test]
    fn the_address_of_a_page_says_what_was_asked() {
        let mut query = query(PUBLIC_URL);
        query.seed = Some("a b&c".into());
        query.nationalities = vec!["us".parse().unwrap(), "GB".parse().unwrap()];
        query.include = vec!["name".parse().unwrap()];
        let expected = "https://randomuser.me/api/1.4/?results=7&seed=a+b%26c&page=3&nat=US%2CGB&inc=name";
        assert_eq!(query.page(7, 3).as_str(), expected);
    }

    #[test]
    fn what_the_api_would_take_for_something_else_is_refused() {
        assert!(plan(query(PUBLIC_URL), 10, 0).is_err());
        assert!(plan(query(PUBLIC_URL), 10, 5_001).is_err());
        assert!(plan(query("ftp://x/"), 10, 10).is_err());
        assert!(plan(query("http://x/?seed=1"), 10, 10).is_err());
        let mut seeded = query(PUBLIC_URL);
        seeded.seed = Some("s".into());
        assert!(plan(seeded.clone(), 10_001, 1).is_err());
        seeded.gender = Some(Gender::Male);
        assert!(plan(seeded, 10, 10).is_err());
        assert!("nationality".parse::<Field>().is_err());
    }

    #[test]
    fn only_the_public_api_is_paced_unasked() {
        assert_eq!(plan(query(PUBLIC_URL), 10, 10).unwrap().rate, Some(PUBLIC));
        assert_eq!(plan(query("http://127.0.0.1:8000/api/"), 10, 10).unwrap().rate, None);
    }

    #[test]
    fn messages_name_the_server_without_its_password() {
        assert_eq!(query("http://me:secret@example.org:8080/api/").server(), "example.org:8080");
    }
}
