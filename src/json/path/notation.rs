//! The two notations of a path, read: names with dots and brackets, and JSON Pointers.
//!
//! In: what the user wrote. Out: its steps, or a usage error that quotes it, with the path that was meant
//! where a habit from another tool tells.

use super::{Path, Step};
use crate::run::exit::Error;

/// Reads a path in the notation that its first sign says.
pub(super) fn read(written: &str) -> Result<Vec<Step>, Error> {
    let steps = match written.strip_prefix('/') {
        Some(tokens) => tokens.split('/').map(pointer_step).collect(),
        None => Dotted { written, rest: written }.steps(),
    };
    steps.map_err(|fault: Fault| fault.about(written))
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
