//! Paths: how a user names a field.
//!
//! | written | means |
//! |---|---|
//! | `email` | the member `email` of the record |
//! | `location.postcode` | a member of a member |
//! | `a[*].b`, `tags[*]` | in every element of an array |
//! | `a[0].b` | in the first element |
//! | `"first.name".x`, `a."b[c]"` | a name in JSON quotes, where it holds one of `. [ ] "` or is empty |
//! | `/a/0/b~1c` | a JSON Pointer (RFC 6901): exact for any name, without a wildcard |
//!
//! A number in a pointer is an index where an array stands, and a name where an object stands. A
//! path is displayed as it was written.

use std::fmt;
use std::str::FromStr;

use crate::run::exit::Error;

/// One step down from a value to a value inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The member of this name.
    Member(String),
    /// The element of this index.
    Element(usize),
    /// Every element.
    EveryElement,
    /// A number in a JSON Pointer: a member or an element.
    Either(String, usize),
}

impl Step {
    /// The member name that it leads to.
    pub fn name(&self) -> Option<&str> {
        match self {
            Step::Member(name) | Step::Either(name, _) => Some(name),
            Step::Element(_) | Step::EveryElement => None,
        }
    }

    /// The one element that it leads to.
    pub fn index(&self) -> Option<usize> {
        match self {
            Step::Element(index) | Step::Either(_, index) => Some(*index),
            Step::Member(_) | Step::EveryElement => None,
        }
    }

    /// Appends it in dots and brackets.
    fn write(&self, text: &mut String) {
        let name = match self {
            Step::Element(index) => return text.push_str(&format!("[{index}]")),
            Step::EveryElement => return text.push_str("[*]"),
            Step::Member(name) | Step::Either(name, _) => name,
        };
        if !text.is_empty() {
            text.push('.');
        }
        match Path::parse(name) {
            Ok(path) if path.steps.len() == 1 && !name.starts_with(['/', '"']) => text.push_str(name),
            _ => text.push_str(&serde_json::Value::from(name.as_str()).to_string()),
        }
    }

    /// Whether there can be a value that both lead to.
    fn meets(&self, other: &Step) -> bool {
        let same_member = self.name().is_some() && self.name() == other.name();
        let same_element = match (self, other) {
            (Step::EveryElement, Step::EveryElement) => true,
            (Step::EveryElement, one) | (one, Step::EveryElement) => one.index().is_some(),
            _ => self.index().is_some() && self.index() == other.index(),
        };
        same_member || same_element
    }
}

/// A field, as the user named it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    written: String,
    steps: Vec<Step>,
}

impl Path {
    /// Reads a path. What is wrong with it is a usage error that quotes it.
    pub fn parse(written: &str) -> Result<Self, Error> {
        let steps = match written.strip_prefix('/') {
            Some(tokens) => tokens.split('/').map(pointer_step).collect(),
            None => Dotted { written, rest: written }.steps(),
        };
        let steps = steps.map_err(|fault: Fault| fault.about(written))?;
        Ok(Self { written: written.to_owned(), steps })
    }

    /// The path that goes on into an array, or into an object, where this one took the value behind
    /// `depth` steps for the other: what a user probably meant.
    pub fn refitted(&self, depth: usize, array: bool) -> Option<String> {
        let (before, after) = self.steps.split_at_checked(depth)?;
        let after = match (array, after.first()?) {
            (true, _) => [&[Step::EveryElement], after].concat(),
            // A path must not end where the object is.
            (false, _) if after.len() > 1 => after[1..].to_vec(),
            _ => return None,
        };
        let mut text = String::new();
        before.iter().chain(&after).for_each(|step| step.write(&mut text));
        Some(text)
    }

    /// The steps from the record down to the field; at least one.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether it leads to one value at most: without `[*]`.
    pub fn is_single(&self) -> bool {
        !self.steps.contains(&Step::EveryElement)
    }

    /// Whether one field can be, or contain, the other.
    pub fn overlaps(&self, other: &Path) -> bool {
        self.steps.iter().zip(&other.steps).all(|(mine, theirs)| mine.meets(theirs))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl FromStr for Path {
    type Err = Error;

    fn from_str(written: &str) -> Result<Self, Error> {
        Self::parse(written)
    }
}

/// What is wrong with a path, and what to write instead.
struct Fault {
    reason: &'static str,
    instead: String,
}

impl Fault {
    fn new(reason: &'static str, instead: impl Into<String>) -> Self {
        Self { reason, instead: instead.into() }
    }

    fn about(self, written: &str) -> Error {
        Error::usage(format!("path '{written}': {}", self.reason)).hint(self.instead)
    }
}

/// Reads one token of a JSON Pointer.
fn pointer_step(token: &str) -> Result<Step, Fault> {
    let well_escaped = token.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    if !well_escaped {
        return Err(Fault::new(
            "'~' in a JSON Pointer is written '~0', and '/' is '~1'",
            token.replace('~', "~0"),
        ));
    }
    let name = token.replace("~1", "/").replace("~0", "~");
    Ok(match index(&name) {
        Some(index) => Step::Either(name, index),
        None => Step::Member(name),
    })
}

/// An array index as RFC 6901 spells it: no sign, no leading zero.
fn index(text: &str) -> Option<usize> {
    let canonical = text == "0" || !text.starts_with(['0', '+']);
    if canonical { text.parse().ok() } else { None }
}

/// Reads a path of names, dots and brackets.
struct Dotted<'a> {
    written: &'a str,
    rest: &'a str,
}

impl Dotted<'_> {
    fn steps(mut self) -> Result<Vec<Step>, Fault> {
        let mut steps = vec![self.member()?];
        while let Some(next) = self.rest.chars().next() {
            self.rest = &self.rest[next.len_utf8()..];
            steps.push(match next {
                '.' => self.member()?,
                '[' => self.element()?,
                _ => return Err(Fault::new("expected '.' or '[' after a name", "a.b[*].\"c d\"")),
            });
        }
        Ok(steps)
    }

    /// Reads a name, in quotes or up to the next sign.
    fn member(&mut self) -> Result<Step, Fault> {
        if self.rest.starts_with('"') {
            return self.quoted_member();
        }
        let end = self.rest.find(['.', '[', ']', '"']).unwrap_or(self.rest.len());
        if end == 0 {
            return Err(self.no_name());
        }
        let at_start = self.rest.len() == self.written.len();
        let (name, rest) = self.rest.split_at(end);
        match name {
            "$" if at_start && !rest.starts_with('"') => Err(self.rooted()),
            "*" => Err(self.wild()),
            _ => {
                self.rest = rest;
                Ok(Step::Member(name.to_owned()))
            }
        }
    }

    /// JSONPath and SQL say `$` for the record.
    fn rooted(&self) -> Fault {
        let plain = self.written.trim_start_matches('$').trim_start_matches('.');
        Fault::new("a path begins with a name, and '$' is none", meant(plain))
    }

    /// Elsewhere `*` is every member.
    fn wild(&self) -> Fault {
        let reason = "'*' stands for the elements of an array alone, as [*]; fields are named one by one";
        match self.written.starts_with('*') {
            true => Fault::new(reason, EXAMPLE),
            false => Fault::new(reason, meant(&self.written.replace(".*", "[*]"))),
        }
    }

    /// Reads a name in JSON quotes, escapes and all.
    fn quoted_member(&mut self) -> Result<Step, Fault> {
        let mut names = serde_json::Deserializer::from_str(self.rest).into_iter::<String>();
        match names.next() {
            Some(Ok(name)) => {
                self.rest = &self.rest[names.byte_offset()..];
                Ok(Step::Member(name))
            }
            _ => Err(Fault::new("a name in quotes must be a JSON string", "a.\"b.c\"")),
        }
    }

    /// Reads `*]` or `N]`.
    fn element(&mut self) -> Result<Step, Fault> {
        let fault = || Fault::new("brackets hold an index or '*'", self.closed());
        let (inside, rest) = self.rest.split_once(']').ok_or_else(fault)?;
        let step = match inside {
            "*" => Step::EveryElement,
            number => Step::Element(index(number).ok_or_else(fault)?),
        };
        self.rest = rest;
        Ok(step)
    }

    /// The path with its brackets filled and closed, as far as one can guess.
    fn closed(&self) -> String {
        match self.rest.split_once(']') {
            Some(("", _)) => self.written.replace("[]", "[*]"),
            None if self.rest.is_empty() => format!("{}*]", self.written),
            None if self.rest == "*" || index(self.rest).is_some() => format!("{}]", self.written),
            _ => "a.b[*].c".to_owned(),
        }
    }

    /// Names are missing for a handful of reasons, some of them habits from other tools.
    fn no_name(&self) -> Fault {
        let at_start = self.rest.len() == self.written.len();
        match self.written.strip_prefix('.') {
            _ if self.written.is_empty() => Fault::new("the path is empty", EXAMPLE),
            Some(plain) if at_start => Fault::new("a path begins with a name", meant(plain)),
            _ if at_start => Fault::new("a path begins with a name: a record is an object", EXAMPLE),
            _ => Fault::new("a name is missing (an empty one is written \"\")", EXAMPLE),
        }
    }
}

/// A path, where nothing better can be proposed.
const EXAMPLE: &str = "location.postcode";

/// What a habit from another tool probably meant, if that is a path.
fn meant(path: &str) -> String {
    let path = path.replace("[]", "[*]");
    if Path::parse(&path).is_ok() { path } else { EXAMPLE.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::exit::Exit;

    fn steps(written: &str) -> Vec<Step> {
        Path::parse(written).unwrap().steps
    }

    fn member(name: &str) -> Step {
        Step::Member(name.to_owned())
    }

    #[test]
    fn each_notation_means_its_steps() {
        let either = |text: &str, index| Step::Either(text.to_owned(), index);
        for (written, expected) in [
            ("email", vec![member("email")]),
            ("a.b[*].c", vec![member("a"), member("b"), Step::EveryElement, member("c")]),
            ("a[0][17].b", vec![member("a"), Step::Element(0), Step::Element(17), member("b")]),
            ("a.0", vec![member("a"), member("0")]),
            (r#""a.b".c"#, vec![member("a.b"), member("c")]),
            (r#"a."b\"\u0041"[*]"#, vec![member("a"), member("b\"A"), Step::EveryElement]),
            (r#"a."""#, vec![member("a"), member("")]),
            ("first name.é", vec![member("first name"), member("é")]),
            ("/a/0/b", vec![member("a"), either("0", 0), member("b")]),
            ("/a~1b/m~0n/01", vec![member("a/b"), member("m~n"), member("01")]),
            ("/", vec![member("")]),
            ("/a//b", vec![member("a"), member(""), member("b")]),
        ] {
            assert_eq!(steps(written), expected, "{written}");
            assert_eq!(Path::parse(written).unwrap().to_string(), written);
        }
    }

    #[test]
    fn a_wrong_path_is_a_usage_error_that_quotes_it() {
        for written in [
            "", ".", ".a", "a.", "a..b", "[0]", "[*].a", "a[", "a[]", "a[-1]", "a[01]", "a[x]", "a[0", "a]",
            "a[0]b", "a\"b", "\"a", "\"a\\x\"", "/a~2", "/~", "$", "$.a", "$[0]", "*", "*.a", "a.*", "a.*.b",
        ] {
            let error = Path::parse(written).unwrap_err();
            assert_eq!(error.exit(), Exit::Usage, "{written}");
            assert!(error.message().contains(&format!("'{written}'")), "{error}");
        }
    }

    #[test]
    fn habits_from_other_tools_get_the_path_they_meant() {
        for (written, meant) in [
            (".a.b", "a.b"),
            (".a[].b", "a[*].b"),
            ("a[].b", "a[*].b"),
            ("a[*", "a[*]"),
            ("a[", "a[*]"),
            ("a[7", "a[7]"),
            ("a[x]", "a.b[*].c"),
            ("$.a.b", "a.b"),
            ("$.a[*].b", "a[*].b"),
            ("a.*.b", "a[*].b"),
            ("*", "location.postcode"),
            (".[].a", "location.postcode"),
        ] {
            let error = Path::parse(written).unwrap_err().to_string();
            assert!(error.ends_with(&format!("(try: {meant})")), "{error}");
        }
    }

    #[test]
    fn names_of_dollars_and_stars_are_paths() {
        for (written, expected) in [
            ("$oid", vec![member("$oid")]),
            ("a.$", vec![member("a"), member("$")]),
            (r#""$".a"#, vec![member("$"), member("a")]),
            (r#"a."*""#, vec![member("a"), member("*")]),
            ("/$/*", vec![member("$"), member("*")]),
        ] {
            assert_eq!(steps(written), expected, "{written}");
        }
    }

    #[test]
    fn a_path_is_refitted_to_what_stands_there() {
        for (written, depth, array, expected) in [
            ("a.b", 1, true, Some("a[*].b")),
            ("a.b.c", 2, true, Some("a.b[*].c")),
            ("/a/b.c/0", 2, true, Some(r#"a."b.c"[*].0"#)),
            (r#""*"."a/b""#, 1, true, Some(r#""*"[*].a/b"#)),
            ("a[*].b", 1, false, Some("a.b")),
            ("a[0]", 1, false, None),
        ] {
            let refitted = Path::parse(written).unwrap().refitted(depth, array);
            assert_eq!(refitted.as_deref(), expected, "{written}");
            assert!(refitted.is_none_or(|path| Path::parse(&path).is_ok()), "{written}");
        }
    }

    #[test]
    fn overlap_is_equality_or_ancestry() {
        let overlap = |a: &str, b: &str| {
            let (a, b) = (Path::parse(a).unwrap(), Path::parse(b).unwrap());
            assert_eq!(a.overlaps(&b), b.overlaps(&a), "overlap has no direction");
            a.overlaps(&b)
        };
        for (a, b) in [
            ("a", "a"),
            ("a", "a.b"),
            ("a[*]", "a[0]"),
            ("a[*].b", "a[3].b.c"),
            ("/a/0", "a[0]"),
            ("/a/0", "a[*]"),
            ("/a/0", r#"a."0""#),
            ("/a/b", "a.b"),
            (r#""a""#, "a"),
        ] {
            assert!(overlap(a, b), "{a} and {b}");
        }
        for (a, b) in [
            ("a", "b"),
            ("a.b", "a.c"),
            ("a[0]", "a[1]"),
            ("a[*].b", "a[0].c"),
            ("a[0]", "a.0"),
            ("/a/0", "a[1]"),
        ] {
            assert!(!overlap(a, b), "{a} and {b}");
        }
    }
}
