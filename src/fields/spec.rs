//! One mapping: `NAME=PATH`, `NAME='text with {paths}'`, `NAME:TYPE=PATH`, `NAME:=JSON`, each with `?=` in
//! the place of `=` where the field is left out when its source is missing.
//!
//! NAME is a path of names: `address.city` is a field of the object `address`. A file has one mapping a
//! line, with blanks around `=` as one likes; `#` at the beginning of a line or behind a blank begins a
//! comment, and is refused in a text, where it may be meant as itself.

use std::path::Path as File;

use super::cell::Constant;
use super::convert::Convert;
use super::source::Source;
use super::template::{self, Piece};
use crate::json::{Path, Step};
use crate::run::exit::{Error, Result};
use crate::run::files;

/// A mapping as it was written, checked by itself.
#[derive(Clone, Debug)]
pub(super) struct Spec {
    /// Where the field belongs.
    pub target: Path,
    /// The names on the way there, and its own.
    pub names: Vec<String>,
    /// Whether the field is left out where its source is missing.
    pub optional: bool,
    pub rule: Rule,
}

/// What the field holds.
#[derive(Clone, Debug)]
pub(super) enum Rule {
    Literal(Constant),
    Template(Vec<Piece>),
    Value(Source, Option<Convert>),
}

impl Spec {
    /// Reads a mapping.
    pub fn parse(written: &str) -> Result<Self> {
        let (target, convert, optional, source) = split(written)?;
        let path = Path::parse(target)?;
        let names = names(&path)?;
        let rule = match convert {
            Some("") => Rule::Literal(literal(target, source)?),
            _ => rule(written, source, convert)?,
        };
        if optional && matches!(rule, Rule::Literal(_)) {
            return Err(Error::usage(format!("mapping '{written}': a literal is never missing"))
                .hint(format!("'{target}:={source}'")));
        }
        Ok(Self { target: path, names, optional, rule })
    }

    /// Reads the mappings of a file.
    pub fn read(file: &File) -> Result<Vec<Self>> {
        let text = files::read_text(file, |error, _| error.hint("a file with a mapping a line: name=path"))?;
        let lines = text.lines().map(str::trim).enumerate();
        let mappings = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let spec = |(at, line): (usize, &str)| {
            let spec = without_comment(line).and_then(|line| Self::parse(&tidy(line)));
            spec.map_err(|error| error.at(place(file, at + 1)))
        };
        mappings.map(spec).collect()
    }
}

/// A line of a file up to its comment.
fn without_comment(line: &str) -> Result<&str> {
    let outside: Vec<usize> = super::source::outside_quotes(line).collect();
    let begins = |at: &usize| line[*at..].starts_with('#') && line[..*at].ends_with([' ', '\t']);
    let Some(comment) = outside.iter().copied().find(begins) else { return Ok(line) };
    let equals = outside.into_iter().find(|at| line[*at..].starts_with('='));
    if equals.is_some_and(|equals| equals < comment && template::is_template(&line[equals + 1..])) {
        return Err(Error::usage("' #' in a text may be a part of it, or begin a comment")
            .hint("a comment on a line of its own; a text with ' #' as an argument: map-fields -f FILE 'n={a} # {b}'"));
    }
    Ok(line[..comment].trim_end())
}

fn place(file: &File, line: usize) -> String {
    format!("{}:{line}", file.display())
}

/// Name, type (an empty one for a literal), whether it may be missing, and source.
fn split(written: &str) -> Result<(&str, Option<&str>, bool, &str)> {
    let outside: Vec<usize> = super::source::outside_quotes(written).collect();
    let equals = outside.iter().copied().find(|at| written[*at..].starts_with('='));
    let Some(equals) = equals else { return Err(no_equals(written)) };
    let (left, source) = (written[..equals].trim_end(), &written[equals + 1..]);
    let (left, optional) = match left.strip_suffix('?') {
        Some(left) => (left, true),
        None => (left, false),
    };
    let colon = outside.into_iter().find(|at| *at < left.len() && left[*at..].starts_with(':'));
    let (target, convert) = match colon {
        Some(at) => (&left[..at], Some(left[at + 1..].trim())),
        None => (left, None),
    };
    let target = target.trim();
    if target.ends_with('?') {
        return Err(Error::usage(format!("mapping '{written}': '?' stands before '='")).hint(format!(
            "{}:{}?={source}",
            target.trim_end_matches('?'),
            convert.unwrap_or_default()
        )));
    }
    // A text may begin and end with blanks.
    let source = if template::is_template(source) { source } else { source.trim() };
    Ok((target, convert, optional, source))
}

/// A line of a file, without the blanks around its `=`.
fn tidy(line: &str) -> String {
    match super::source::outside_quotes(line).find(|at| line[*at..].starts_with('=')) {
        Some(at) => format!("{}={}", line[..at].trim_end(), line[at + 1..].trim_start()),
        None => line.to_owned(),
    }
}

/// Most likely the name was to stay what it is.
fn no_equals(written: &str) -> Error {
    if File::new(written).is_file() {
        return Error::usage(format!("'{written}' is no mapping; records come by stdin"))
            .hint(format!("map-fields ... < {written}"));
    }
    let path = Path::parse(written);
    let name = path.as_ref().ok().and_then(|path| path.steps().last().and_then(Step::name));
    let error = Error::usage(format!("'{written}' is no mapping NAME=PATH"));
    match name {
        Some(name) if !name.contains(['.', '"', ' ']) => error.hint(format!("{name}={written}")),
        _ => error.hint("city=location.city"),
    }
}

/// The names of a target.
fn names(path: &Path) -> Result<Vec<String>> {
    let name = |step: &Step| step.name().map(str::to_owned);
    path.steps().iter().map(name).collect::<Option<_>>().ok_or_else(|| {
        Error::usage(format!("'{path}' names an element of an array, and a new record has fields"))
            .hint("address.city=location.city")
    })
}

fn literal(target: &str, json: &str) -> Result<Constant> {
    Constant::parse(json.trim().as_bytes()).map_err(|_| {
        Error::usage(format!("what stands behind {target}:= is no JSON"))
            .hint(format!("'{target}:={}'", serde_json::Value::from(json)))
    })
}

fn rule(written: &str, source: &str, convert: Option<&str>) -> Result<Rule> {
    if template::is_template(source) {
        return match convert {
            None => template::parse(source).map(Rule::Template),
            Some("string") => template::parse(source).map(Rule::Template),
            Some(_) => Err(Error::usage(format!("mapping '{written}': a template makes a string"))
                .hint("a type with a path alone: latitude:double=location.coordinates.latitude")),
        };
    }
    if let Some(path) = source.strip_suffix('?') {
        let meant = written.replacen('=', "?=", 1);
        let meant = meant.strip_suffix('?').unwrap_or(&meant).to_owned();
        return Err(Error::usage(format!("mapping '{written}': '?' stands before '='"))
            .hint(format!("'{meant}' leaves the field out where {path} is missing")));
    }
    let convert = convert.map(Convert::parse).transpose()?;
    Ok(Rule::Value(Source::parse(source)?, convert))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(written: &str) -> String {
        Spec::parse(written).unwrap_err().to_string()
    }

    #[test]
    fn each_spelling_means_its_rule() {
        let spec = |written: &str| Spec::parse(written).unwrap();
        let copy = spec("city=location.city");
        assert_eq!((copy.names, copy.optional), (vec!["city".to_owned()], false));
        assert!(
            matches!(copy.rule, Rule::Value(source, None) if source.place.to_string() == "location.city")
        );
        let nested = spec(r#"address."a=b:c?".x:double?=p ?? 0"#);
        assert_eq!(
            (nested.names, nested.optional),
            (vec!["address".into(), "a=b:c?".into(), "x".into()], true)
        );
        assert!(
            matches!(nested.rule, Rule::Value(source, Some(Convert::Double)) if source.default.is_some())
        );
        assert!(matches!(spec("v:=1.50").rule, Rule::Literal(one) if one.cell().bytes() == b"1.50"));
        assert!(matches!(spec("v : = [ 1 ] ").rule, Rule::Literal(one) if one.cell().bytes() == b"[ 1 ]"));
        assert!(matches!(spec("n= {a}").rule, Rule::Template(pieces) if pieces.len() == 2));
        assert!(
            matches!(spec("when=a=b").rule, Rule::Value(source, None) if source.place.to_string() == "a=b")
        );
    }

    #[test]
    fn a_wrong_mapping_is_told_what_to_write() {
        for (written, words) in [
            ("location.city", &["'location.city' is no mapping", "(try: city=location.city)"][..]),
            ("city=location.city?", &["'?' stands before '='", "'city?=location.city'"]),
            ("source:=api", &["no JSON", r#"'source:="api"'"#]),
            ("x:text=a", &["no type 'text'", "(try: string)"]),
            ("x:int='{a}'", &["a template makes a string"]),
            ("x[0]=a", &["element of an array"]),
            ("=a", &["the path is empty"]),
            ("x=", &["the path is empty"]),
            ("x?:int=a", &["'?' stands before '='", "x:int?=a"]),
            ("x:?=1", &["never missing"]),
        ] {
            let message = message(written);
            assert!(words.iter().all(|word| message.contains(word)), "{written}: {message}");
        }
    }

    #[test]
    fn a_comment_ends_a_line_and_is_never_taken_for_a_text() {
        for (line, left) in [
            ("a?=b # c=d", "a?=b"),
            ("a=b\t#c", "a=b"),
            ("\"x #1\"=\"c # d\".e #", "\"x #1\"=\"c # d\".e"),
            ("n:=[\"# 1\"] # one", "n:=[\"# 1\"]"),
            ("d=a#b", "d=a#b"),
            ("n={a}#{b}", "n={a}#{b}"),
        ] {
            assert_eq!(without_comment(line).unwrap(), left);
        }
        for line in ["n = {first} # the name", "title=Order # {id}"] {
            let told = without_comment(line).unwrap_err().to_string();
            assert!(told.contains("a comment on a line of its own"), "{line}: {told}");
        }
    }

    #[test]
    fn a_file_has_a_mapping_a_line() {
        let file = std::env::temp_dir().join(format!("sluicebox-spec-{}", std::process::id()));
        std::fs::write(&file, "# users\n\n name = {a}. {b}\r\ncity=location.city\n  # more\nx\n").unwrap();
        let error = Spec::read(&file).unwrap_err().to_string();
        assert!(error.contains(":6: 'x' is no mapping"), "{error}");
        std::fs::write(&file, "name = {a}. {b} \ncity=c").unwrap();
        let specs = Spec::read(&file).unwrap();
        assert!(matches!(&specs[0].rule, Rule::Template(pieces) if pieces.len() == 3), "no blanks around");
        assert_eq!(specs[1].names, ["city"]);
        std::fs::remove_file(&file).unwrap();
    }
}
