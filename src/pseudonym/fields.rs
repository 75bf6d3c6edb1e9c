//! The fields of a record, replaced by their tokens; every other byte stays as it is.

use std::borrow::Cow;

use super::normalize::Normalize;
use super::tally::Tally;
use super::token::Tokens;
use crate::json::{self, Found, Hit, Kind, Misfit, Paths};
use crate::run;
use crate::stream::{Facts, Record, Reject};

/// What to do with a record in which a path leads to nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Missing {
    /// Reject the record
    #[default]
    Reject,
    /// Pass it on; what is there is still replaced. A path that led to nothing in all records fails
    Keep,
    /// As keep, and a path may lead to nothing in all records
    KeepAll,
}

/// What to replace and how: a validated plan, and the memory it works in.
pub struct Fields {
    paths: Paths,
    tokens: Tokens,
    normalize: Normalize,
    missing: Missing,
    tally: Tally,
    found: Found,
    scratch: Vec<u8>,
}

impl Fields {
    /// Replaces what `paths` lead to by `tokens` of the normalised text.
    pub fn new(paths: Paths, tokens: Tokens, normalize: Normalize, missing: Missing) -> Self {
        let tally = Tally::new(paths.count());
        Self { paths, tokens, normalize, missing, tally, found: Found::default(), scratch: Vec::new() }
    }

    /// The id of the key, if there is a key.
    pub fn key_id(&self) -> Option<&str> {
        self.tokens.key_id()
    }

    /// Appends the record to `out`, its fields replaced. Every occurrence of a repeated name is.
    pub fn replace(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Reject> {
        let Self { paths, tokens, normalize, missing, tally, found, scratch } = self;
        paths.find(record, found)?;
        if let Some(misfit) = found.misfit() {
            return Err(refuse_misfit(paths, misfit));
        }
        if *missing == Missing::Reject
            && let Some(path) = found.missing()
        {
            return Err(Reject::at(paths.path(path).to_string(), "missing field")
                .hint("--missing keep to pass such records on, --max-rejects N to leave them out"));
        }
        json::rewrite(record.bytes(), found.hits(), out, |hit, out| {
            let token = write_token(hit, record.bytes(), tokens, *normalize, scratch, out);
            token.map_err(|reason| Reject::at(paths.path(hit.path).to_string(), reason))
        })?;
        tally.add(found);
        Ok(())
    }

    /// After the last record: what each path led to. A path that led to nothing in any record is most
    /// likely misspelt, and then the field that was meant has passed in clear.
    pub fn finish(&self) -> run::Result<Facts> {
        if self.missing != Missing::KeepAll {
            self.tally.check(&self.paths)?;
        }
        Ok(self.tally.facts(&self.paths))
    }
}

/// A record in which a path meets a value that it cannot go into. Never kept: what the path was to
/// replace may stand one level further down.
#[cold]
fn refuse_misfit(paths: &Paths, misfit: Misfit) -> Reject {
    let path = paths.path(misfit.path);
    let (reason, refitted) = match misfit.kind {
        Kind::Array => ("an array stands where the path has a name", path.refitted(misfit.depth, true)),
        Kind::Object => {
            ("an object stands where the path has an element", path.refitted(misfit.depth, false))
        }
        _ => ("a value without fields stands on the way", None),
    };
    let reject = Reject::at(path.to_string(), reason);
    match refitted {
        Some(path) => reject.hint(path),
        None => reject,
    }
}

/// Appends what stands in the place of one value.
#[inline]
fn write_token(
    hit: &Hit,
    record: &[u8],
    tokens: &Tokens,
    normalize: Normalize,
    scratch: &mut Vec<u8>,
    out: &mut Vec<u8>,
) -> Result<(), &'static str> {
    let value = &record[hit.value.span.range()];
    let text = match hit.value.kind {
        Kind::Null => {
            out.extend_from_slice(value);
            return Ok(());
        }
        Kind::Object | Kind::Array => {
            return Err("an object or an array has no pseudonym; name a field inside it");
        }
        Kind::Number | Kind::True | Kind::False => value,
        Kind::String => hit.value.as_str(record).text(scratch).map_err(|_| "lone surrogate in a string")?,
    };
    tokens.write(&normalized(text, normalize)?, out);
    Ok(())
}

/// The text to hash.
#[inline]
fn normalized(text: &[u8], normalize: Normalize) -> Result<Cow<'_, [u8]>, &'static str> {
    if normalize.is_none() {
        return Ok(Cow::Borrowed(text));
    }
    let text = simdutf8::basic::from_utf8(text).map_err(|_| "invalid UTF-8")?;
    Ok(match normalize.apply(text) {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pseudonym::{Key, Normalization};

    fn fields(paths: &[&str], steps: &[Normalization], missing: Missing) -> Fields {
        let tokens = Tokens::keyed(&Key::from_bytes(vec![7; 32].into()));
        Fields::new(Paths::parse(paths).unwrap(), tokens, Normalize::new(steps), missing)
    }

    fn replace(fields: &mut Fields, text: &str) -> Result<String, Reject> {
        let mut out = Vec::new();
        fields.replace(&Record::new(text.as_bytes(), 1), &mut out)?;
        Ok(String::from_utf8(out).unwrap())
    }

    /// The token of the field `k` whose JSON is `value`.
    fn token(value: &str, steps: &[Normalization]) -> String {
        let out =
            replace(&mut fields(&["k"], steps, Missing::Reject), &format!("{{\"k\":{value}}}")).unwrap();
        out["{\"k\":".len()..out.len() - 1].to_owned()
    }

    #[test]
    fn a_value_has_one_token_however_it_is_spelled() {
        assert_eq!(token("9829", &[]), token("\"9829\"", &[]));
        assert_eq!(token("\"é/\"", &[]), token(r#""\u00e9\/""#, &[]));
        assert_eq!(token("true", &[]), token("\"true\"", &[]));
        assert_ne!(token("9829.0", &[]), token("9829", &[]));
        assert_ne!(token("\"A\"", &[]), token("\"a\"", &[]));
        assert_eq!(token("null", &[]), "null");
    }

    #[test]
    fn normalisation_joins_what_it_says() {
        use Normalization::{Lower, Nfc, Trim};
        let all = [Trim, Lower, Nfc];
        assert_eq!(token("\" U@É.com\"", &all), token(r#""u@e\u0301.com""#, &all));
        assert_ne!(token("\" a\"", &[Lower, Nfc]), token("\"a\"", &[Lower, Nfc]));
    }

    #[test]
    fn every_other_byte_stays_and_every_twin_is_replaced() {
        let mut fields = fields(&["a", "b[*].c"], &[], Missing::Keep);
        let text = "{ \"z\" : 1e400, \"a\":\"secret\",\"\\u0061\" : \"secret\", \"b\":[{\"c\":null},{}] }\r";
        let secret = token("\"secret\"", &[]);
        let expected = text.replace("\"secret\"", &secret);
        assert_eq!(replace(&mut fields, text).unwrap(), expected);
    }

    #[test]
    fn a_refusal_names_the_path_and_never_the_value() {
        let mut fields = fields(&["k", "/o/p"], &[], Missing::Reject);
        for (text, path, reason) in [
            (r#"{"k":1}"#, Some("/o/p"), "missing field"),
            (r#"{"o":{"p":2}}"#, Some("k"), "missing field"),
            (r#"{"k":1,"o":[{"p":2}]}"#, Some("/o/p"), "an array stands where the path has a name"),
            (r#"{"k":1,"o":"secret"}"#, Some("/o/p"), "a value without fields stands on the way"),
            (r#"{"k":{"secret":1},"o":{"p":2}}"#, Some("k"), "an object or an array"),
            (r#"{"k":["secret"],"o":{"p":2}}"#, Some("k"), "an object or an array"),
            (r#"{"k":"secret\ud800","o":{"p":2}}"#, Some("k"), "lone surrogate"),
            (r#"{"k":"secret"#, None, "not valid JSON: the record ends inside a value"),
            ("[1]", None, "not a JSON object"),
        ] {
            let reject = replace(&mut fields, text).unwrap_err();
            assert_eq!(reject.path.as_deref(), path, "{text}");
            assert!(reject.reason.starts_with(reason), "{reject:?}");
            assert!(!reject.reason.contains("secret"), "{reject:?}");
        }
    }

    #[test]
    fn a_record_of_another_shape_is_refused_even_where_missing_fields_are_kept() {
        let mut fields = fields(&["data.s", "a[*].b"], &[], Missing::Keep);
        for (text, reason, hint) in [
            (r#"{"data":[{"s":"secret"}]}"#, "an array stands where the path has a name", Some("data[*].s")),
            (r#"{"a":{"b":"secret"}}"#, "an object stands where the path has an element", Some("a.b")),
            (r#"{"a":[{"b":1},["x"]]}"#, "an array stands where the path has a name", Some("a[*][*].b")),
            (r#"{"data":"secret"}"#, "a value without fields stands on the way", None),
        ] {
            let reject = replace(&mut fields, text).unwrap_err();
            assert_eq!((reject.reason.as_ref(), reject.hint.as_deref()), (reason, hint), "{text}");
        }
        for text in [r#"{"data":null,"a":null}"#, r#"{"data":{},"a":[]}"#, r#"{"a":[null,{}]}"#, "{}"] {
            assert_eq!(replace(&mut fields, text).unwrap(), text);
        }
    }

    /// How it ends after these records: the facts, or the message of the error.
    fn end(paths: &[&str], missing: Missing, records: &[&str]) -> Result<String, String> {
        let mut fields = fields(paths, &[], missing);
        records.iter().for_each(|record| drop(replace(&mut fields, record)));
        let ended = fields.finish();
        ended.map(|facts| facts["paths"].to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_path_that_matched_no_record_at_all_is_an_error() {
        let records = [r#"{"email":"a"}"#, r#"{"email":null}"#];
        let error = end(&["emial", "email"], Missing::Keep, &records).unwrap_err();
        assert!(
            error.starts_with("path 'emial' matched none of 2 records: nothing was hashed there"),
            "{error}"
        );
        assert!(error.contains("--missing keep-all"), "{error}");
        let error = end(&["x", "y"], Missing::Keep, &records[..1]).unwrap_err();
        assert!(error.starts_with("paths 'x', 'y' matched none of 1 record: nothing was hashed"), "{error}");
        // Elements without the field show that it is misspelt; an empty array shows nothing.
        assert!(end(&["a[*].x"], Missing::Keep, &[r#"{"a":[]}"#, r#"{"a":[{"y":1}]}"#]).is_err());
        assert!(end(&["a[*].x"], Missing::Keep, &[r#"{"a":[]}"#]).is_ok());
    }

    #[test]
    fn a_path_that_matched_is_counted_and_so_is_what_it_missed() {
        let records = [r#"{"k":1,"k":"x"}"#, r#"{"k":null}"#, "{}", "no record", r#"{"k":[]}"#];
        let one = r#"{"k":{"hashed":2,"null":1,"missing":1}}"#;
        assert_eq!(end(&["k"], Missing::Keep, &records).unwrap(), one);
        let none = r#"{"k":{"hashed":0,"null":0,"missing":0}}"#;
        for missing in [Missing::Reject, Missing::Keep, Missing::KeepAll] {
            assert_eq!(end(&["k"], missing, &[]).unwrap(), none, "no record, nothing to miss");
        }
        // A record counts once, however many of its elements lack the field.
        let several = [r#"{"k":[{},{},{"v":1}]}"#];
        assert_eq!(
            end(&["k[*].v"], Missing::Keep, &several).unwrap(),
            r#"{"k[*].v":{"hashed":1,"null":0,"missing":1}}"#
        );
        assert!(end(&["x"], Missing::KeepAll, &records).is_ok());
        assert!(end(&["k"], Missing::Keep, &[r#"{"k":null}"#]).is_ok(), "null is a match");
    }
}
