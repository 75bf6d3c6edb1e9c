//! A parser for the schemas that Spark's users write.
//!
//! `name STRING NOT NULL, location STRUCT<city: STRING COMMENT 'x', postcode: STRING>`
//!
//! In: the text of a `.ddl` file. Out: a [`Schema`], or one error with line, column, what was
//! expected and what to write instead. A parser of our own, because the schema is the one thing that
//! a person writes by hand: it must take every spelling that Spark takes (case, aliases, optional
//! colons, backticks, `--` and `/* */` comments, a whole `struct<…>` as `simpleString` prints it)
//! and must be able to say where it stumbled, which no grammar for SQL at large does well.

mod grammar;
mod text;
mod words;

use std::fmt;
use std::path::Path;

use self::text::Parser;
use super::types::Schema;
use crate::run::exit::{self, Error};
use crate::run::files;

/// Why a text is no schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DdlError {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// What was expected and what was found.
    pub message: String,
    /// What to write instead.
    pub hint: Option<String>,
}

impl DdlError {
    /// The error for the user, `name` being the file or flag that the text came from.
    pub fn into_error(self, name: impl fmt::Display) -> Error {
        let error = Error::usage(format!("{name}:{self}"));
        match self.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

impl fmt::Display for DdlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

type Parsed<T> = Result<T, DdlError>;

/// Parses a list of columns.
pub fn parse(text: &str) -> Parsed<Schema> {
    let mut parser = Parser { text: text.strip_prefix('\u{feff}').unwrap_or(text), at: 0 };
    parser.blank()?;
    if parser.rest().is_empty() {
        return Err(parser.wrong("the schema is empty").hinted("name STRING, age INT"));
    }
    let fields = if parser.starts_whole_struct() { parser.whole_struct()? } else { parser.fields(0)? };
    parser.take(';')?;
    parser.blank()?;
    if !parser.rest().is_empty() {
        return Err(parser.expected("',' or the end"));
    }
    Schema::new(fields).map_err(|message| parser.wrong_at(0, message))
}

/// Reads the schema of `--schema FILE` or `--schema-ddl DDL`.
pub fn read(file: Option<&Path>, text: Option<&str>) -> exit::Result<Schema> {
    if let Some(text) = text {
        return parse(text).map_err(|error| error.into_error("--schema-ddl"));
    }
    let path = file.ok_or_else(|| Error::usage("no schema").hint("--schema users.ddl"))?;
    let text = files::read_text(path, |error, kind| match kind {
        std::io::ErrorKind::NotFound => {
            error.hint(format!("infer-schema < records.ndjson > {}", path.display()))
        }
        _ => error,
    })?;
    parse(&text).map_err(|error| error.into_error(path.display()))
}

/// The same where a schema may be left out.
pub fn read_given(file: Option<&Path>, text: Option<&str>) -> exit::Result<Option<Schema>> {
    if file.is_none() && text.is_none() { Ok(None) } else { read(file, text).map(Some) }
}

impl DdlError {
    fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

#[cfg(test)]
mod tests;
