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

mod notation;

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
        Ok(Self { written: written.to_owned(), steps: notation::read(written)? })
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
