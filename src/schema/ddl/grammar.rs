//! Columns and their types.

use super::text::{Parser, plain_word};
use super::words::{likely, simple_type};
use super::{DdlError, Parsed};
use crate::schema::{Field, MAX_DEPTH, Schema, Type};

impl Parser<'_> {
    /// Whether the text is one `struct<…>` and not a list of columns.
    pub fn starts_whole_struct(&self) -> bool {
        let word = plain_word(self.rest());
        word.eq_ignore_ascii_case("struct") && self.rest()[word.len()..].trim_start().starts_with('<')
    }

    pub fn whole_struct(&mut self) -> Parsed<Vec<Field>> {
        match self.kind(0)? {
            Type::Struct(fields) => Ok(fields),
            _ => Err(self.wrong_at(0, "expected columns")),
        }
    }

    /// `field, field, …`, up to what is no comma.
    pub fn fields(&mut self, depth: usize) -> Parsed<Vec<Field>> {
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
}
