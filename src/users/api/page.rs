//! One answer of the API: checked against what was asked, then passed on record by record.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::run::{Error, Result};
use crate::stream::RecordOut;

/// How much of a server's own words goes into a message.
const QUOTED: usize = 200;

/// What was asked.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// How many users.
    pub results: u64,
    /// Of which seed.
    pub seed: Option<&'a str>,
    /// Which page of that seed.
    pub page: u64,
}

/// Why a page is no good.
#[derive(Debug)]
pub enum Flaw {
    /// Another attempt may help: the reason, in plain words.
    Passing(String),
    /// It is what this server does.
    Lasting(Error),
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    results: Option<Vec<&'a RawValue>>,
    info: Option<Info>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Info {
    seed: Option<Value>,
    results: Option<Value>,
    page: Option<Value>,
}

/// The records of one answer, still inside its body.
#[derive(Debug)]
pub struct Page<'a>(Vec<&'a RawValue>);

impl<'a> Page<'a> {
    /// Takes `body` apart and holds it against what was asked.
    pub fn read(body: &'a [u8], asked: &Asked<'_>) -> Result<Self, Flaw> {
        let envelope: Envelope<'a> = serde_json::from_slice(body).map_err(|error| unreadable(&error))?;
        if let Some(error) = &envelope.error {
            return Err(Flaw::Passing(format!("the API says: {}", quote(error))));
        }
        let Some(records) = envelope.results else {
            return Err(lasting("the answer has no 'results': is this the users' API? (--url)"));
        };
        let count = records.len() as u64;
        if count == 0 && asked.results > 0 {
            return Err(Flaw::Passing(format!("the API sent 0 users instead of {}", asked.results)));
        }
        if count != asked.results {
            return Err(lasting(format!("the API sent {count} users instead of {}", asked.results)));
        }
        if let Some(number) = records.iter().position(|record| !record.get().starts_with('{')) {
            return Err(lasting(format!("result {} is no JSON object", number + 1)));
        }
        envelope.info.map_or(Ok(()), |info| info.check(asked))?;
        Ok(Self(records))
    }

    /// Passes the records on as the server wrote them; only line breaks between the values of a
    /// record become spaces. (Inside a string there can be none.)
    pub fn write(&self, out: &mut RecordOut<'_>) -> Result<()> {
        for record in &self.0 {
            write_line(record.get().as_bytes(), out.buffer());
            out.end_record()?;
        }
        Ok(())
    }
}

fn write_line(record: &[u8], out: &mut Vec<u8>) {
    let from = out.len();
    out.extend_from_slice(record);
    if memchr::memchr2(b'\n', b'\r', record).is_some() {
        for byte in out[from..].iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')) {
            *byte = b' ';
        }
    }
}

impl Info {
    /// The API tells what it understood; where that is not what was asked, the users are others.
    fn check(&self, asked: &Asked<'_>) -> Result<(), Flaw> {
        let differs =
            |told: &Option<Value>, asked: &str| told.as_ref().is_some_and(|told| plain(told) != asked);
        if differs(&self.results, &asked.results.to_string()) {
            return Err(lasting("the API says that it understood another number of users"));
        }
        let Some(seed) = asked.seed else { return Ok(()) };
        if differs(&self.seed, seed) {
            return Err(lasting("the API says that it used another seed"));
        }
        if differs(&self.page, &asked.page.to_string()) {
            return Err(lasting("the API says that it sent another page"));
        }
        Ok(())
    }
}

/// A text or a number, without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn lasting(message: impl Into<String>) -> Flaw {
    Flaw::Lasting(Error::data(message))
}

fn unreadable(error: &serde_json::Error) -> Flaw {
    if error.is_eof() {
        return Flaw::Passing("the answer ends in the middle".into());
    }
    lasting(format!("the answer is not the JSON of the users' API (line {}): check --url", error.line()))
}

/// The server's own words: what can be printed of them, and not too much.
pub fn quote(value: &Value) -> String {
    let text = plain(value);
    let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    printable.take(QUOTED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str, results: u64) -> Result<usize, Flaw> {
        let asked = Asked { results, seed: Some("s"), page: 2 };
        Page::read(body.as_bytes(), &asked).map(|page| page.0.len())
    }

    fn passing(body: &str, results: u64) -> bool {
        matches!(read(body, results), Err(Flaw::Passing(_)))
    }

    fn lasting(body: &str, results: u64) -> bool {
        matches!(read(body, results), Err(Flaw::Lasting(_)))
    }

    #[test]
    fn a_page_that_is_what_was_asked_is_taken() {
        let body =
            r#"{"results":[{"a":1},{"a":2}],"info":{"seed":"s","results":2,"page":2,"version":"1.4"}}"#;
        assert_eq!(read(body, 2).unwrap(), 2);
        assert_eq!(read(r#"{"results":[{}]}"#, 1).unwrap(), 1);
    }

    #[test]
    fn what_may_pass_is_told_from_what_will_not() {
        assert!(passing(r#"{"results":[],"info":{}}"#, 2));
        assert!(passing(r#"{"error":"Uh oh, something has gone wrong."}"#, 2));
        assert!(passing(r#"{"results":[{"a":1},{"a"#, 2));
        assert!(lasting(r#"{"results":[{}]}"#, 2));
        assert!(lasting(r#"{"results":[{},7]}"#, 2));
        assert!(lasting(r#"{"users":[]}"#, 2));
        assert!(lasting("<!doctype html>", 2));
    }

    #[test]
    fn another_seed_or_page_than_asked_is_noticed() {
        assert!(lasting(r#"{"results":[{}],"info":{"seed":"t","page":2}}"#, 1));
        assert!(lasting(r#"{"results":[{}],"info":{"seed":"s","page":1}}"#, 1));
        assert!(lasting(r#"{"results":[{}],"info":{"seed":"s","page":2,"results":5}}"#, 1));
    }

    #[test]
    fn records_keep_their_bytes_and_lose_their_line_breaks() {
        let mut out = Vec::new();
        write_line("{ \"a\":1.0e+2,\n\t\"b\":\"\\n é\\u00e9\" \r\n}".as_bytes(), &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "{ \"a\":1.0e+2, \t\"b\":\"\\n é\\u00e9\"   }");
    }

    #[test]
    fn a_servers_words_are_cut_and_cleaned() {
        let words = Value::String(format!("\u{1b}[31m{}", "x".repeat(500)));
        let quoted = quote(&words);
        assert_eq!(quoted.chars().count(), QUOTED);
        assert!(!quoted.contains('\u{1b}'));
    }
}
