//! A parser for the schemas that Spark's users write.
//!
//! `name STRING NOT NULL, location STRUCT<city: STRING COMMENT 'x', postcode: STRING>`
//!
//! In: the text of a `.ddl` file. Out: a [`Schema`], or one error with line, column, what was
//! expected and what to write instead. A parser of our own, because the schema is the one thing that
//! a person writes by hand: it must take every spelling that Spark takes (case, aliases, optional
//! colons, backticks, `--` and `/* */` comments, a whole `struct<…>` as `simpleString` prints it)
//! and must be able to say where it stumbled, which no grammar for SQL at large does well.

mod words;

use std::fmt;

use self::words::{likely, simple_type};
use super::schema::{Field, MAX_DEPTH, Schema, Type};
use crate::run::exit::Error;

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

impl DdlError {
    fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A recursive descent over the text; `at` never stands inside a character.
struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn wrong(&self, message: impl Into<String>) -> DdlError {
        self.wrong_at(self.at, message)
    }

    fn wrong_at(&self, at: usize, message: impl Into<String>) -> DdlError {
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        DdlError {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
            hint: None,
        }
    }

    fn expected(&self, what: &str) -> DdlError {
        let word = plain_word(self.rest());
        let found = match self.peek() {
            None => "the end".to_owned(),
            Some(_) if !word.is_empty() => format!("'{word}'"),
            Some(c) => format!("'{c}'"),
        };
        self.wrong(format!("expected {what}, found {found}"))
    }

    /// Steps over white space and comments.
    fn blank(&mut self) -> Parsed<()> {
        loop {
            self.at = self.text.len() - self.rest().trim_start().len();
            let rest = self.rest();
            if rest.starts_with("--") {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                let end = rest.find("*/").ok_or_else(|| self.wrong("this comment has no end"))?;
                self.at += end + 2;
            } else {
                return Ok(());
            }
        }
    }

    /// Takes `c` if it comes next.
    fn take(&mut self, c: char) -> Parsed<bool> {
        self.blank()?;
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        Ok(found)
    }

    fn need(&mut self, c: char, what: &str) -> Parsed<()> {
        if self.take(c)? { Ok(()) } else { Err(self.expected(what)) }
    }

    /// Takes the keyword if it comes next, whatever its case.
    fn keyword(&mut self, keyword: &str) -> Parsed<bool> {
        self.blank()?;
        let found = plain_word(self.rest()).eq_ignore_ascii_case(keyword);
        if found {
            self.at += keyword.len();
        }
        Ok(found)
    }

    /// Whether the text is one `struct<…>` and not a list of columns.
    fn starts_whole_struct(&self) -> bool {
        let word = plain_word(self.rest());
        word.eq_ignore_ascii_case("struct") && self.rest()[word.len()..].trim_start().starts_with('<')
    }

    fn whole_struct(&mut self) -> Parsed<Vec<Field>> {
        match self.kind(0)? {
            Type::Struct(fields) => Ok(fields),
            _ => Err(self.wrong_at(0, "expected columns")),
        }
    }

    /// `field, field, …`, up to what is no comma.
    fn fields(&mut self, depth: usize) -> Parsed<Vec<Field>> {
        let mut fields: Vec<Field> = Vec::new();
        loop {
            self.blank()?;
            let start = self.at;
            let field = self.field(depth)?;
            if let Some(other) = fields.iter().find(|f| f.name.to_lowercase() == field.name.to_lowercase()) {
                return Err(self.clash(start, other, &field));
            }
            fields.push(field);
            if !self.take(',')? {
                return Ok(fields);
            }
        }
    }

    fn clash(&self, start: usize, one: &Field, other: &Field) -> DdlError {
        let pair = Schema::new(vec![one.clone(), other.clone()]);
        let why = pair.err().unwrap_or_else(|| "this name is taken".to_owned());
        self.wrong_at(start, why).hinted("keep one of them")
    }

    fn field(&mut self, depth: usize) -> Parsed<Field> {
        let name = self.name()?;
        self.take(':')?;
        let kind = self.kind(depth)?;
        let mut field = Field::new(name, kind);
        loop {
            if self.keyword("NOT")? {
                if !self.keyword("NULL")? {
                    return Err(self.expected("NULL after NOT"));
                }
                field.nullable = false;
            } else if self.keyword("COMMENT")? {
                field.comment = Some(self.literal()?);
            } else {
                self.refuse_clauses()?;
                return Ok(field);
            }
        }
    }

    /// What Spark's CREATE TABLE has and a schema of records has no use for.
    fn refuse_clauses(&self) -> Parsed<()> {
        let word = plain_word(self.rest()).to_ascii_uppercase();
        match word.as_str() {
            "NULL" => Err(self.wrong("a column is nullable by itself").hinted("leave NULL out")),
            "DEFAULT" | "GENERATED" => {
                Err(self.wrong(format!("{word} has no place here: to-parquet stores what the records hold")))
            }
            "COLLATE" => Err(self.wrong("COLLATE has no place here: a file knows no collation")),
            _ => Ok(()),
        }
    }

    fn name(&mut self) -> Parsed<String> {
        self.blank()?;
        if self.peek() == Some('`') {
            return self.quoted_name();
        }
        let word = plain_word(self.rest());
        if word.is_empty() {
            return Err(self.expected("the name of a field"));
        }
        if word.bytes().all(|b| b.is_ascii_digit()) {
            return Err(self.wrong("a name cannot be a number").hinted(format!("`{word}`")));
        }
        self.at += word.len();
        if self.rest().starts_with(['-', '.', '$', '@']) {
            return Err(self.expected("a type").hinted("quote such names: `user-id` STRING"));
        }
        Ok(word.to_owned())
    }

    fn quoted_name(&mut self) -> Parsed<String> {
        let start = self.at;
        let mut name = String::new();
        let mut chars = self.text[start + 1..].char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c != '`' {
                name.push(c);
            } else if chars.next_if(|&(_, next)| next == '`').is_some() {
                name.push('`');
            } else if name.is_empty() {
                return Err(self.wrong("a name cannot be empty"));
            } else {
                self.at = start + 1 + at + 1;
                return Ok(name);
            }
        }
        Err(self.wrong("this name has no closing backtick"))
    }

    /// A string literal, single or double quoted, with backslash escapes.
    fn literal(&mut self) -> Parsed<String> {
        self.blank()?;
        let quote = match self.peek() {
            Some(c @ ('\'' | '"')) => c,
            _ => return Err(self.expected("a comment in quotes")),
        };
        let start = self.at + 1;
        let mut text = String::new();
        let mut chars = self.text[start..].char_indices();
        while let Some((at, c)) = chars.next() {
            if c == quote {
                self.at = start + at + 1;
                return Ok(text);
            }
            let plain = if c == '\\' { chars.next().map(|(_, escaped)| unescape(escaped)) } else { Some(c) };
            text.extend(plain);
        }
        Err(self.wrong("this comment has no closing quote"))
    }

    fn kind(&mut self, depth: usize) -> Parsed<Type> {
        self.blank()?;
        if depth > MAX_DEPTH {
            return Err(self.wrong(format!("types nest more than {MAX_DEPTH} deep")));
        }
        let start = self.at;
        let word = plain_word(self.rest()).to_ascii_uppercase();
        if word.is_empty() {
            return Err(self.expected("a type"));
        }
        self.at += word.len();
        match word.as_str() {
            "ARRAY" => self.array(depth),
            "MAP" => self.map(depth),
            "STRUCT" => self.structure(depth),
            "DECIMAL" | "DEC" | "NUMERIC" => self.decimal(),
            "VARCHAR" => Ok(Type::Varchar(self.length(&word)?)),
            "CHAR" | "CHARACTER" => Ok(Type::Char(self.length(&word)?)),
            _ => simple_type(&word).ok_or_else(|| self.unknown_type(start, &word)),
        }
    }

    fn unknown_type(&self, at: usize, word: &str) -> DdlError {
        match word {
            "INTERVAL" | "VARIANT" | "VOID" | "NULL" => self
                .wrong_at(at, format!("{word} cannot be stored in Parquet for every reader"))
                .hinted("STRING"),
            _ => {
                let error = self.wrong_at(at, format!("expected a type, found '{word}'"));
                match likely(word) {
                    Some(kind) => error.hinted(kind),
                    None => {
                        error.hinted("STRING, INT, BIGINT, DOUBLE, BOOLEAN, TIMESTAMP, STRUCT<…>, ARRAY<…>")
                    }
                }
            }
        }
    }

    fn array(&mut self, depth: usize) -> Parsed<Type> {
        self.need('<', "'<' after ARRAY")?;
        let element = self.kind(depth + 1)?;
        self.refuse_not_null("an element")?;
        self.need('>', "'>' to end ARRAY")?;
        Ok(Type::Array(Box::new(element)))
    }

    fn map(&mut self, depth: usize) -> Parsed<Type> {
        self.need('<', "'<' after MAP")?;
        self.blank()?;
        let start = self.at;
        let key = self.kind(depth + 1)?;
        if !key.can_be_key() {
            let message = format!("{key} cannot be the key of a map: JSON keys are text");
            return Err(self.wrong_at(start, message).hinted("MAP<STRING, …>"));
        }
        self.need(',', "',' between the types of a MAP")?;
        let value = self.kind(depth + 1)?;
        self.refuse_not_null("a value")?;
        self.need('>', "'>' to end MAP")?;
        Ok(Type::Map(Box::new(key), Box::new(value)))
    }

    fn refuse_not_null(&mut self, what: &str) -> Parsed<()> {
        self.blank()?;
        let start = self.at;
        if self.keyword("NOT")? {
            return Err(self.wrong_at(start, format!("{what} may always be null in Spark's DDL")));
        }
        Ok(())
    }

    fn structure(&mut self, depth: usize) -> Parsed<Type> {
        self.blank()?;
        let start = self.at;
        self.need('<', "'<' after STRUCT")?;
        if self.take('>')? {
            let message = "a struct without fields cannot be stored in Parquet";
            return Err(self.wrong_at(start, message).hinted("MAP<STRING, STRING>"));
        }
        let fields = self.fields(depth + 1)?;
        self.need('>', "',' or '>' to end STRUCT")?;
        Ok(Type::Struct(fields))
    }

    /// `DECIMAL`, `DECIMAL(p)` or `DECIMAL(p,s)`, with Spark's defaults.
    fn decimal(&mut self) -> Parsed<Type> {
        if !self.take('(')? {
            return Ok(Type::Decimal { precision: 10, scale: 0 });
        }
        self.blank()?;
        let start = self.at;
        let precision = self.number()?;
        let scale = if self.take(',')? { self.number()? } else { 0 };
        self.need(')', "')' to end DECIMAL")?;
        if !(1..=38).contains(&precision) || scale > precision {
            let message = "a decimal has 1 to 38 digits, and at most all of them after the point";
            return Err(self.wrong_at(start, message).hinted("DECIMAL(38,9)"));
        }
        // Both are at most 38 here.
        Ok(Type::Decimal { precision: precision as u8, scale: scale as u8 })
    }

    fn length(&mut self, word: &str) -> Parsed<u32> {
        self.need('(', &format!("the length of {word} in parentheses"))?;
        self.blank()?;
        let start = self.at;
        let length = self.number()?;
        if length == 0 {
            return Err(self.wrong_at(start, "a length of 0 leaves room for nothing").hinted("STRING"));
        }
        self.need(')', "')' after the length")?;
        Ok(length)
    }

    fn number(&mut self) -> Parsed<u32> {
        self.blank()?;
        let rest = self.rest();
        let digits = &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())];
        let number = digits.parse().map_err(|_| self.expected("a number"))?;
        self.at += digits.len();
        Ok(number)
    }
}

/// The letters, digits and underscores at the start.
fn plain_word(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
}

fn unescape(c: char) -> char {
    match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        other => other,
    }
}

#[cfg(test)]
mod tests;
