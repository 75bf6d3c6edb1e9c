//! What a column of PostgreSQL refuses and a column of Parquet would take, found before the record is.
//!
//! In: records. Out: a reject, with path and reason, for a text with the character NUL, which no text of
//! PostgreSQL can have; for a text that is no UUID, or no label of an enum, where the column is one. A
//! record without any of these costs one search for `\u0000`, and with such columns one more pass.
//! Whether the record is JSON at all is for others to say.

use std::collections::HashSet;

use memchr::memmem::Finder;

use super::fit::Fit;
use super::types::Wire;
use crate::json::{Cursor, Error, Found, Key, Kind, Path, Paths};
use crate::run::Result;
use crate::stream::{Record, Reject};

/// The one spelling that NUL has in JSON.
const NUL: &[u8] = b"\\u0000";
const NUL_REASON: &str = "a text with the character NUL, which PostgreSQL cannot store";

/// Looks at records before they become columns.
pub struct Guard {
    nul: Finder<'static>,
    /// The columns, by name: what is not among them is not stored as text.
    stored: HashSet<String>,
    /// Whether unknown fields are stored as well, where NUL is as bad.
    keeps_unknown: bool,
    watched: Option<Watched>,
}

/// Columns that take some texts only.
struct Watched {
    paths: Paths,
    found: Found,
    /// For each path its column, and what is taken.
    takes: Vec<(String, Takes)>,
    scratch: Vec<u8>,
}

enum Takes {
    Uuid,
    Labels(HashSet<Vec<u8>>),
}

impl Guard {
    /// A guard of these columns.
    pub fn new(fit: &Fit) -> Result<Self> {
        let names = fit.schema.fields().iter().map(|field| field.name.clone());
        let rest = fit.columns.get(fit.schema.fields().len());
        Ok(Self {
            nul: Finder::new(NUL),
            stored: names.collect(),
            keeps_unknown: rest.is_some_and(|(_, wire)| *wire == Wire::Jsonb),
            watched: Watched::of(fit)?,
        })
    }

    /// Refuses what these columns cannot hold.
    #[inline]
    pub fn check(&mut self, record: &Record<'_>) -> Result<(), Reject> {
        if self.nul.find(record.bytes()).is_some() {
            self.check_nul(record)?;
        }
        match &mut self.watched {
            Some(watched) => watched.check(record),
            None => Ok(()),
        }
    }

    /// Walks a record that may hold the character, to say where.
    #[cold]
    fn check_nul(&self, record: &Record<'_>) -> Result<(), Reject> {
        let mut walk = Walk { path: Vec::new(), scratch: Vec::new() };
        let is_stored = |key: &str| self.keeps_unknown || self.stored.contains(key);
        match walk.record(record, is_stored) {
            Ok(true) => Err(Reject::at(walk.path.concat(), NUL_REASON)),
            // What is no JSON is refused by whoever reads it.
            Ok(false) | Err(_) => Ok(()),
        }
    }
}

/// A walk over a record that stops inside of what it looks for.
struct Walk {
    path: Vec<String>,
    scratch: Vec<u8>,
}

impl Walk {
    fn record(&mut self, record: &Record<'_>, is_stored: impl Fn(&str) -> bool) -> Result<bool, Error> {
        let mut cursor = Cursor::new(record);
        let mut next = cursor.enter_object()?;
        while let Some(key) = next {
            let name = self.name(&key)?;
            self.path = vec![name];
            if !is_stored(&self.path[0]) {
                cursor.skip_value()?;
            } else if self.value(&mut cursor)? {
                return Ok(true);
            }
            next = cursor.next_key()?;
        }
        Ok(false)
    }

    fn name(&mut self, key: &Key<'_>) -> Result<String, Error> {
        Ok(String::from_utf8_lossy(key.text(&mut self.scratch)?).into_owned())
    }

    fn value(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Error> {
        match cursor.peek()? {
            Kind::String => Ok(cursor.string()?.text(&mut self.scratch)?.contains(&0)),
            Kind::Object => self.object(cursor),
            Kind::Array => self.array(cursor),
            _ => cursor.skip_value().map(|_| false),
        }
    }

    fn object(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Error> {
        let mut next = cursor.enter_object()?;
        while let Some(key) = next {
            let name = self.name(&key)?;
            if name.contains('\0') {
                return Ok(true);
            }
            self.path.push(format!(".{name}"));
            if self.value(cursor)? {
                return Ok(true);
            }
            self.path.pop();
            next = cursor.next_key()?;
        }
        Ok(false)
    }

    fn array(&mut self, cursor: &mut Cursor<'_>) -> Result<bool, Error> {
        let mut more = cursor.enter_array()?;
        let mut at = 0;
        while more {
            self.path.push(format!("[{at}]"));
            if self.value(cursor)? {
                return Ok(true);
            }
            self.path.pop();
            at += 1;
            more = cursor.next_element()?;
        }
        Ok(false)
    }
}

impl Watched {
    fn of(fit: &Fit) -> Result<Option<Self>> {
        let (mut paths, mut takes) = (Vec::new(), Vec::new());
        for (field, (column, wire)) in fit.schema.fields().iter().zip(&fit.columns) {
            let what = match wire {
                Wire::Uuid => Takes::Uuid,
                Wire::Text if !column.labels.is_empty() => {
                    Takes::Labels(column.labels.iter().map(|label| label.clone().into_bytes()).collect())
                }
                _ => continue,
            };
            paths.push(serde_json::Value::from(field.name.as_str()).to_string().parse::<Path>()?);
            takes.push((field.name.clone(), what));
        }
        if paths.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self { paths: Paths::new(paths)?, found: Found::default(), takes, scratch: Vec::new() }))
    }

    fn check(&mut self, record: &Record<'_>) -> Result<(), Reject> {
        if self.paths.find(record, &mut self.found).is_err() {
            return Ok(());
        }
        for hit in self.found.hits() {
            let (name, takes) = &self.takes[hit.path];
            let bytes = &record.bytes()[hit.value.span.range()];
            let text = match hit.value.kind {
                Kind::String => Cursor::bytes(bytes).string().and_then(|text| text.text(&mut self.scratch)),
                // Stored as it is spelled.
                Kind::Number => Ok(bytes),
                _ => continue,
            };
            if let Some(why) = text.ok().and_then(|text| takes.refuses(text)) {
                return Err(Reject::at(name.clone(), why));
            }
        }
        Ok(())
    }
}

impl Takes {
    fn refuses(&self, text: &[u8]) -> Option<&'static str> {
        match self {
            Takes::Uuid if uuid(text).is_none() => Some("not a UUID, which the column is"),
            Takes::Labels(labels) if !labels.contains(text) => {
                Some("not one of the values that the column's type has")
            }
            _ => None,
        }
    }
}

/// The bytes of a UUID in its one common spelling: 8-4-4-4-12 hexadecimal digits.
pub fn uuid(text: &[u8]) -> Option<[u8; 16]> {
    if text.len() != 36 || [8, 13, 18, 23].iter().any(|at| text[*at] != b'-') {
        return None;
    }
    let mut bytes = [0; 16];
    let mut digits = text.iter().filter(|byte| **byte != b'-');
    for byte in &mut bytes {
        let mut digit = || (*digits.next()? as char).to_digit(16);
        *byte = ((digit()? << 4) | digit()?) as u8;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::table::Column;
    use super::super::types::tests::column;
    use super::*;
    use crate::schema::ddl;

    fn guard() -> Guard {
        let named = |name: &str, base| Column { name: name.into(), ..column(base, -1) };
        let state = Column { labels: vec!["on".into(), "off".into()], ..named("state", 99_999) };
        let fit = Fit {
            schema: ddl::parse("id STRING, state STRING, tags ARRAY<STRUCT<a: STRING>>").unwrap(),
            columns: vec![
                (named("id", 2950), Wire::Uuid),
                (state, Wire::Text),
                (named("tags", 3802), Wire::Jsonb),
            ],
        };
        Guard::new(&fit).unwrap()
    }

    fn refused(record: &str) -> Option<String> {
        let reject = guard().check(&Record::new(record.as_bytes(), 1)).err()?;
        Some(format!("{}: {}", reject.path.unwrap_or_default(), reject.reason))
    }

    #[test]
    fn nul_is_found_wherever_it_would_be_stored() {
        let told = refused(r#"{"tags":[{"a":"x"},{"a":"\u0000"}]}"#).unwrap();
        assert!(told.starts_with("tags[1].a: ") && told.contains("NUL"), "{told}");
        assert!(refused(r#"{"tags":[{"b\u0000":1}]}"#).unwrap().starts_with("tags[0]: "));
        for fine in
            [r#"{"tags":[{"a":"\\u0000"}]}"#, r#"{"other":"\u0000"}"#, r#"{"tags":"\u0000"#, "[\"\\u0000\"]"]
        {
            assert_eq!(refused(fine), None, "{fine}");
        }
    }

    #[test]
    fn a_column_of_uuids_takes_nothing_else() {
        let id = "0123abcd-4567-89ab-CDEF-0123456789ab";
        assert_eq!(refused(&format!("{{\"id\":\"{id}\"}}")), None);
        assert_eq!(refused(r#"{"id":null}"#), None);
        for wrong in ["\"\"", "7", "\"0123abcd4567-89ab-cdef-0123456789ab-\"", &format!("\"{id}0\"")] {
            assert!(refused(&format!("{{\"id\":{wrong}}}")).unwrap().contains("not a UUID"), "{wrong}");
        }
        assert_eq!(uuid(id.as_bytes()).unwrap()[8..10], [0xcd, 0xef]);
    }

    #[test]
    fn an_enum_takes_its_labels_and_nothing_else() {
        assert_eq!(refused(r#"{"state":"\u006fn"}"#), None);
        assert!(refused(r#"{"state":"On"}"#).unwrap().starts_with("state: not one of"));
    }
}
