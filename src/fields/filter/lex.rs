//! The words of an expression.

use super::super::cell::Constant;
use super::super::source::outside_quotes;
use crate::run::exit::{Error, Result};

/// One word.
#[derive(Clone, Debug)]
pub(super) enum Token {
    /// `( ) ,` and the comparisons.
    Sign(&'static str),
    /// A path, a keyword, `true`: whatever is no literal by its look.
    Word(String),
    Literal(Constant),
}

/// The signs, the longer ones first.
const SIGNS: [&str; 9] = ["==", "!=", "<=", ">=", "<", ">", "(", ")", ","];

/// An expression being read.
pub(super) struct Lexer<'t> {
    written: &'t str,
    rest: &'t str,
}

impl<'t> Lexer<'t> {
    pub fn new(written: &'t str) -> Self {
        Self { written, rest: written }
    }

    /// Cuts the expression into words.
    pub fn tokens(mut self) -> Result<Vec<Token>> {
        let mut tokens = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() {
                return Ok(tokens);
            }
            tokens.push(self.token()?);
        }
    }

    fn token(&mut self) -> Result<Token> {
        if let Some(sign) = SIGNS.into_iter().find(|sign| self.rest.starts_with(sign)) {
            self.rest = &self.rest[sign.len()..];
            return Ok(Token::Sign(sign));
        }
        match self.rest.as_bytes()[0] {
            b'"' => self.string(),
            b'\'' => self.single_quoted(),
            b'-' | b'0'..=b'9' => self.number(),
            b'=' => Err(self.wrong("equality is written ==", self.rest.replacen('=', "==", 1))),
            b'&' | b'|' | b'!' => {
                let meant = self.written.replace("&&", "and").replace("||", "or").replace('!', "not ");
                Err(self.wrong("write and, or, not", meant.replace("not =", "!=")))
            }
            _ => Ok(self.word()),
        }
    }

    /// An error of the whole expression.
    fn wrong(&self, what: &str, instead: impl Into<String>) -> Error {
        Error::usage(format!("--where '{}': {what}", self.written)).hint(instead)
    }

    fn literal(&mut self, end: usize) -> Result<Token> {
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        let constant = Constant::parse(text.as_bytes());
        constant
            .map(Token::Literal)
            .map_err(|_| self.wrong(&format!("{text} is no JSON"), "type == \"trade\""))
    }

    fn string(&mut self) -> Result<Token> {
        let mut strings = serde_json::Deserializer::from_str(self.rest).into_iter::<String>();
        match strings.next() {
            Some(Ok(_)) => {
                let end = strings.byte_offset();
                self.literal(end)
            }
            _ => Err(self.wrong("a string is never closed, or no JSON string", "type == \"trade\"")),
        }
    }

    /// For those whose shell has taken the double quotes: no escapes.
    fn single_quoted(&mut self) -> Result<Token> {
        let Some(end) = self.rest[1..].find('\'') else {
            return Err(self.wrong("a string is never closed", "type == 'trade'"));
        };
        let text = &self.rest[1..=end];
        self.rest = &self.rest[end + 2..];
        Ok(Token::Literal(Constant::string(text)))
    }

    fn number(&mut self) -> Result<Token> {
        self.literal(self.word_end())
    }

    fn word(&mut self) -> Token {
        let (word, rest) = self.rest.split_at(self.word_end());
        self.rest = rest;
        Token::Word(word.to_owned())
    }

    /// Where a word ends that begins here: a path may hold names in quotes.
    fn word_end(&self) -> usize {
        let ends = |c: char| c.is_whitespace() || "=!<>(),".contains(c);
        let outside = outside_quotes(self.rest);
        outside.into_iter().find(|at| self.rest[*at..].starts_with(ends)).unwrap_or(self.rest.len())
    }
}
