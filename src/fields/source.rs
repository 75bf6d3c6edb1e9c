//! Where a value comes from: a path, a word about the record (`@offset`), and what stands in where it is
//! missing or null.
//!
//! `PATH`, `@NAME`, each with ` ?? JSON` behind it if there is a default.

use std::fmt;

use super::cell::Constant;
use crate::json::Path;
use crate::run::exit::{Error, Result};

/// A value to be looked up in each record.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub place: Reference,
    /// Stands in for a value that is missing or null.
    pub default: Option<Constant>,
}

/// What is looked up.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reference {
    /// A field.
    Field(Path),
    /// Something about the record.
    About(About),
}

/// What can be known of a record besides its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// A member of the envelope, by its name there.
    Envelope(&'static str),
    /// The place of the element in the exploded array.
    Index,
    /// All of the record.
    Record,
}

/// The words, and what they stand for.
const WORDS: [(&str, About); 10] = [
    ("@topic", About::Envelope("topic")),
    ("@partition", About::Envelope("partition")),
    ("@offset", About::Envelope("offset")),
    ("@timestamp", About::Envelope("timestamp")),
    ("@timestamp_type", About::Envelope("timestamp_type")),
    ("@key", About::Envelope("key")),
    ("@key_b64", About::Envelope("key_b64")),
    ("@headers", About::Envelope("headers")),
    ("@index", About::Index),
    ("@record", About::Record),
];

impl Reference {
    /// Reads a path or a word.
    pub fn parse(text: &str) -> Result<Self> {
        if !text.starts_with('@') {
            return Self::field(text).map(Reference::Field);
        }
        let word = WORDS.iter().find(|(word, _)| *word == text);
        word.map(|(_, about)| Reference::About(*about)).ok_or_else(|| {
            let words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
            Error::usage(format!("'{text}' is none of {}", words.join(", ")))
                .hint(format!("\"{text}\" in JSON quotes, where a field has that name"))
        })
    }

    /// Reads the path of one value.
    fn field(text: &str) -> Result<Path> {
        let path = Path::parse(text)?;
        if path.is_single() {
            return Ok(path);
        }
        let array = text.split("[*]").next().unwrap_or_default();
        Err(Error::usage(format!("path '{text}': [*] leads to several values, and one is wanted")).hint(
            format!(
                "--explode {array}, and then {} for each element; or an index: {}",
                text.replacen("[*]", "", 1),
                text.replacen("[*]", "[0]", 1)
            ),
        ))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Field(path) => path.fmt(f),
            Reference::About(about) => {
                let word = WORDS.iter().find(|(_, other)| other == about);
                f.write_str(word.map_or("", |(word, _)| word))
            }
        }
    }
}

impl Source {
    /// Reads a source, and its default.
    pub fn parse(text: &str) -> Result<Self> {
        let Some(at) = outside_quotes(text).find(|at| text[*at..].starts_with("??")) else {
            return Ok(Self { place: Reference::parse(text)?, default: None });
        };
        let (place, default) = (text[..at].trim(), text[at + 2..].trim());
        let default = Constant::parse(default.as_bytes()).map_err(|_| {
            Error::usage(format!("what stands behind ?? is no JSON: {default}"))
                .hint(format!("{place} ?? {}", serde_json::Value::from(default)))
        })?;
        Ok(Self { place: Reference::parse(place)?, default: Some(default) })
    }
}

/// The offsets of the characters of `text` that are in no JSON string.
pub(super) fn outside_quotes(text: &str) -> impl Iterator<Item = usize> {
    let (mut inside, mut escaped) = (false, false);
    text.char_indices().filter_map(move |(at, c)| {
        let was_inside = inside;
        match c {
            '"' if !escaped => inside = !inside,
            '\\' if inside && !escaped => {
                escaped = true;
                return None;
            }
            _ => {}
        }
        escaped = false;
        (!was_inside && !inside).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        Source::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn a_source_is_a_path_or_a_word_with_or_without_a_default() {
        for text in ["a.b", "@offset", "\"@offset\".x", "a[0].b", "/a/0"] {
            let source = Source::parse(text).unwrap();
            assert_eq!((source.place.to_string().as_str(), source.default.is_none()), (text, true));
        }
        let source = Source::parse(r#"a."x??y" ?? {"b":[1]}"#).unwrap();
        assert_eq!(source.place.to_string(), r#"a."x??y""#);
        assert_eq!(source.default.unwrap().cell().bytes(), br#"{"b":[1]}"#);
    }

    #[test]
    fn a_wrong_source_is_told_what_to_write() {
        assert!(message("@ofset").contains("@offset"), "{}", message("@ofset"));
        assert!(message("a ?? none").ends_with("(try: a ?? \"none\")"), "{}", message("a ?? none"));
        let several = message("data[*].s");
        assert!(several.contains("--explode data") && several.contains("data[0].s"), "{several}");
        assert!(message(".a").contains("(try: a)"));
    }
}
