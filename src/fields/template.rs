//! Templates: a text with values in it. `{name.title}. {name.first}`
//!
//! `{{` and `}}` are a brace each. What stands between braces is a [`Source`], its default included.

use super::source::{Source, outside_quotes};
use crate::json::Path;
use crate::run::exit::{Error, Result};

/// A piece of a template.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// Text, escaped as it stands in JSON.
    Text(Box<[u8]>),
    /// A value's text.
    Value(Source),
}

/// Whether a source is meant as a template: no path has a brace outside of quotes. A default may.
pub(super) fn is_template(text: &str) -> bool {
    let default = outside_quotes(text).find(|at| text[*at..].starts_with("??"));
    let path = &text[..default.unwrap_or(text.len())];
    let is_brace = |at: usize| path[at..].starts_with(['{', '}']);
    let mut outside = outside_quotes(path);
    outside.any(is_brace) || path.contains(['{', '}']) && Path::parse(path.trim()).is_err()
}

/// Reads a template.
pub(super) fn parse(written: &str) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut rest = written;
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(brace) = ["{{", "}}"].into_iter().find(|brace| rest.starts_with(brace)) {
            text.push_str(&brace[1..]);
            rest = &rest[2..];
            continue;
        }
        let (source, after) = value(written, rest)?;
        push_text(&mut pieces, &mut text);
        pieces.push(Piece::Value(source));
        rest = after;
    }
    text.push_str(rest);
    push_text(&mut pieces, &mut text);
    Ok(pieces)
}

/// Reads `{source}`, and returns what follows it.
fn value<'t>(written: &str, rest: &'t str) -> Result<(Source, &'t str)> {
    let wrong = |what: &str, instead: String| {
        Error::usage(format!("template '{written}': {what}; a brace itself is written twice")).hint(instead)
    };
    let Some(inside) = rest.strip_prefix('{') else {
        return Err(wrong("'}' closes nothing", written.replace('}', "}}").replace("}}}}", "}}")));
    };
    let closing = outside_quotes(inside).find(|at| inside[*at..].starts_with(['}', '{']));
    match closing {
        Some(at) if inside[at..].starts_with('}') => {
            let source = inside[..at].trim();
            if source.is_empty() {
                return Err(wrong("no path stands between '{' and '}'", "'{name.first}'".into()));
            }
            Ok((Source::parse(source)?, &inside[at + 1..]))
        }
        _ => Err(wrong("'{' is never closed", format!("'{}}}'", written.trim_end()))),
    }
}

/// Ends a run of text.
fn push_text(pieces: &mut Vec<Piece>, text: &mut String) {
    if text.is_empty() {
        return;
    }
    let json = serde_json::Value::from(std::mem::take(text)).to_string();
    pieces.push(Piece::Text(json.as_bytes()[1..json.len() - 1].into()));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces in a form that can be compared.
    fn pieces(written: &str) -> Vec<String> {
        let show = |piece| match piece {
            Piece::Text(text) => String::from_utf8(text.into()).unwrap(),
            Piece::Value(source) => format!("<{}>", source.place),
        };
        parse(written).unwrap().into_iter().map(show).collect()
    }

    #[test]
    fn a_template_is_text_and_values() {
        for (written, expected) in [
            ("{name.title}. {name.first}", &["<name.title>", ". ", "<name.first>"][..]),
            ("{{{a}}}", &["{", "<a>", "}"]),
            ("{{}}", &["{}"]),
            ("say \"{ a }\"\n", &[r#"say \""#, "<a>", r#"\"\n"#]),
            (r#"{"a}b".c ?? "}"}!"#, &[r#"<"a}b".c>"#, "!"]),
        ] {
            assert!(is_template(written), "{written}");
            assert_eq!(pieces(written), expected, "{written}");
        }
        for path in ["a.b", r#""{a}".b"#, "/a/b", r#"a ?? {"b":1}"#] {
            assert!(!is_template(path), "{path}");
        }
    }

    #[test]
    fn unbalanced_braces_are_told_with_what_to_write() {
        for (written, words) in [
            ("{name.title", &["never closed", "'{name.title}'"][..]),
            ("a {b {c}", &["never closed"]),
            ("name}", &["closes nothing", "name}}"]),
            ("{}", &["no path"]),
            ("{ .a}", &["'.a'"]),
        ] {
            let error = parse(written).unwrap_err().to_string();
            assert!(words.iter().all(|word| error.contains(word)), "{error}");
        }
    }
}
