//! The text of a schema as words, marks and literals, each known by its place.

use super::{DdlError, Parsed};

/// A recursive descent over the text; `at` never stands inside a character.
pub(super) struct Parser<'a> {
    pub text: &'a str,
    pub at: usize,
}

impl<'a> Parser<'a> {
    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub fn wrong(&self, message: impl Into<String>) -> DdlError {
        self.wrong_at(self.at, message)
    }

    pub fn wrong_at(&self, at: usize, message: impl Into<String>) -> DdlError {
        let before = &self.text[..at];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        DdlError {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
            hint: None,
        }
    }

    pub fn expected(&self, what: &str) -> DdlError {
        let word = plain_word(self.rest());
        let found = match self.peek() {
            None => "the end".to_owned(),
            Some(_) if !word.is_empty() => format!("'{word}'"),
            Some(c) => format!("'{c}'"),
        };
        self.wrong(format!("expected {what}, found {found}"))
    }

    /// Steps over white space and comments.
    pub fn blank(&mut self) -> Parsed<()> {
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
    pub fn take(&mut self, c: char) -> Parsed<bool> {
        self.blank()?;
        let found = self.peek() == Some(c);
        if found {
            self.at += c.len_utf8();
        }
        Ok(found)
    }

    pub fn need(&mut self, c: char, what: &str) -> Parsed<()> {
        if self.take(c)? { Ok(()) } else { Err(self.expected(what)) }
    }

    /// Takes the keyword if it comes next, whatever its case.
    pub fn keyword(&mut self, keyword: &str) -> Parsed<bool> {
        self.blank()?;
        let found = plain_word(self.rest()).eq_ignore_ascii_case(keyword);
        if found {
            self.at += keyword.len();
        }
        Ok(found)
    }

    pub fn name(&mut self) -> Parsed<String> {
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

    pub fn quoted_name(&mut self) -> Parsed<String> {
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
    pub fn literal(&mut self) -> Parsed<String> {
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

    pub fn number(&mut self) -> Parsed<u32> {
        self.blank()?;
        let rest = self.rest();
        let digits = &rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())];
        let number = digits.parse().map_err(|_| self.expected("a number"))?;
        self.at += digits.len();
        Ok(number)
    }
}

/// The letters, digits and underscores at the start.
pub(super) fn plain_word(text: &str) -> &str {
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
