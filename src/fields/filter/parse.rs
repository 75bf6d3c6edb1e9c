//! From the text of `--where` to a tree.

use super::super::cell::Constant;
use super::super::source::Reference;
use super::lex::{Lexer, Token};
use super::{Asked, Comparison, Operand};
use crate::run::exit::{Error, Result};

/// How deep parentheses and `not` may nest.
const MAX_DEPTH: usize = 100;

/// An expression whose places are of type `P`.
#[derive(Clone, Debug)]
pub(in crate::fields) enum Expr<P> {
    And(Vec<Expr<P>>),
    Or(Vec<Expr<P>>),
    Not(Box<Expr<P>>),
    Compare(Operand<P>, Comparison, Operand<P>),
    In(P, Vec<Constant>),
    Exists(P),
    IsNull(P),
    IsTrue(P),
}

impl Expr<Asked> {
    /// Reads an expression.
    pub fn parse(written: &str) -> Result<Self> {
        let tokens = Lexer::new(written).tokens()?;
        let mut parser = Parser { written, tokens: tokens.into_iter().peekable(), depth: 0 };
        let expr = parser.or()?;
        match parser.tokens.next() {
            None => Ok(expr),
            Some(token) => Err(parser.wrong(&format!("'and' or 'or' is missing before {}", shown(&token)))),
        }
    }
}

impl<P> Expr<P> {
    /// The same with other places.
    pub fn map<Q>(self, place: &mut impl FnMut(P) -> Result<Q>) -> Result<Expr<Q>> {
        let all = |parts: Vec<Self>, place: &mut _| -> Result<Vec<_>> {
            parts.into_iter().map(|part| Self::map_boxed(part, place)).collect()
        };
        Ok(match self {
            Expr::And(parts) => Expr::And(all(parts, place)?),
            Expr::Or(parts) => Expr::Or(all(parts, place)?),
            Expr::Not(inner) => Expr::Not(Box::new(Self::map_boxed(*inner, place)?)),
            Expr::Compare(left, how, right) => Expr::Compare(left.map(place)?, how, right.map(place)?),
            Expr::In(one, literals) => Expr::In(place(one)?, literals),
            Expr::Exists(one) => Expr::Exists(place(one)?),
            Expr::IsNull(one) => Expr::IsNull(place(one)?),
            Expr::IsTrue(one) => Expr::IsTrue(place(one)?),
        })
    }

    fn map_boxed<Q>(part: Self, place: &mut impl FnMut(P) -> Result<Q>) -> Result<Expr<Q>> {
        part.map(place)
    }
}

impl<P> Operand<P> {
    fn map<Q>(self, place: &mut impl FnMut(P) -> Result<Q>) -> Result<Operand<Q>> {
        Ok(match self {
            Operand::Place(one) => Operand::Place(place(one)?),
            Operand::Literal(constant) => Operand::Literal(constant),
        })
    }
}

struct Parser<'t, T: Iterator<Item = Token>> {
    written: &'t str,
    tokens: std::iter::Peekable<T>,
    depth: usize,
}

impl<T: Iterator<Item = Token>> Parser<'_, T> {
    fn wrong(&self, what: &str) -> Error {
        Error::usage(format!("--where '{}': {what}", self.written)).hint("type == \"trade\" and data.p > 0")
    }

    /// Steps over a keyword.
    fn word(&mut self, word: &str) -> bool {
        let is = |token: &Token| matches!(token, Token::Word(text) if text.eq_ignore_ascii_case(word));
        self.tokens.next_if(is).is_some()
    }

    /// Steps over a sign.
    fn sign(&mut self, sign: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Sign(text) if *text == sign)).is_some()
    }

    fn or(&mut self) -> Result<Expr<Asked>> {
        let mut parts = vec![self.and()?];
        while self.word("or") {
            parts.push(self.and()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::Or(parts) })
    }

    fn and(&mut self) -> Result<Expr<Asked>> {
        let mut parts = vec![self.not()?];
        while self.word("and") {
            parts.push(self.not()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Expr::And(parts) })
    }

    fn not(&mut self) -> Result<Expr<Asked>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.wrong("nested too deeply"));
        }
        let expr = if self.word("not") {
            Expr::Not(Box::new(self.not()?))
        } else if self.sign("(") {
            let inner = self.or()?;
            if !self.sign(")") {
                return Err(self.wrong("'(' is never closed"));
            }
            inner
        } else {
            self.test()?
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn test(&mut self) -> Result<Expr<Asked>> {
        let left = self.operand()?;
        let comparison = self.comparison();
        match (left, comparison) {
            (left, Some(how)) => Ok(Expr::Compare(left, how, self.operand()?)),
            (Operand::Place(place), None) => self.of_place(place),
            (Operand::Literal(_), None) => {
                Err(self.wrong("a literal stands alone, and is compared with nothing"))
            }
        }
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let all = [
            ("==", Comparison::Equal),
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        all.into_iter().find_map(|(sign, how)| self.sign(sign).then_some(how))
    }

    /// What is asked of one place.
    fn of_place(&mut self, place: Asked) -> Result<Expr<Asked>> {
        // Who asks whether something is there expects that it may not be.
        let expected = Asked { optional: true, ..place.clone() };
        if self.word("exists") {
            return Ok(Expr::Exists(expected));
        }
        if self.word("in") {
            return self.list().map(|literals| Expr::In(place, literals));
        }
        if !self.word("is") {
            return Ok(Expr::IsTrue(place));
        }
        let negated = self.word("not");
        if !self.word("null") {
            return Err(self.wrong("'is null' or 'is not null' is all that can stand behind 'is'"));
        }
        if !negated {
            return Ok(Expr::IsNull(expected));
        }
        // What is missing is no value, null or not.
        Ok(Expr::And(vec![Expr::Exists(expected.clone()), Expr::Not(Box::new(Expr::IsNull(expected)))]))
    }

    /// `("a", "b")`
    fn list(&mut self) -> Result<Vec<Constant>> {
        let mut literals = Vec::new();
        if !self.sign("(") {
            return Err(self.wrong("a list in parentheses stands behind 'in'"));
        }
        loop {
            match self.operand()? {
                Operand::Literal(literal) => literals.push(literal),
                Operand::Place(_) => return Err(self.wrong("a list holds literals; strings stand in quotes")),
            }
            if self.sign(")") {
                return Ok(literals);
            }
            if !self.sign(",") {
                return Err(self.wrong("a list is never closed"));
            }
        }
    }

    fn operand(&mut self) -> Result<Operand<Asked>> {
        match self.tokens.next() {
            Some(Token::Literal(constant)) => Ok(Operand::Literal(constant)),
            Some(Token::Word(word)) => self.place(&word),
            Some(token) => {
                Err(self.wrong(&format!("a path or a literal is missing before {}", shown(&token))))
            }
            None => Err(self.wrong("a path or a literal is missing at the end")),
        }
    }

    fn place(&self, word: &str) -> Result<Operand<Asked>> {
        if ["true", "false", "null"].contains(&word) {
            let constant = Constant::parse(word.as_bytes());
            return constant.map(Operand::Literal).map_err(|_| self.wrong("no literal"));
        }
        if ["and", "or", "not", "is", "in", "exists"].contains(&word.to_ascii_lowercase().as_str()) {
            return Err(self.wrong(&format!("a path or a literal is missing before '{word}'")));
        }
        let (path, optional) = match word.strip_suffix('?') {
            Some(path) => (path, true),
            None => (word, false),
        };
        let place = Reference::parse(path).map_err(|error| error.at("--where"))?;
        Ok(Operand::Place(Asked { place, optional }))
    }
}

/// A word for a message.
fn shown(token: &Token) -> String {
    match token {
        Token::Sign(sign) => format!("'{sign}'"),
        Token::Word(word) => format!("'{word}'"),
        Token::Literal(literal) => String::from_utf8_lossy(literal.cell().bytes()).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree, with all its parentheses.
    fn tree(expr: &Expr<Asked>) -> String {
        let join = |parts: &[Expr<Asked>], word: &str| {
            let parts: Vec<String> = parts.iter().map(tree).collect();
            format!("({})", parts.join(word))
        };
        let side = |operand: &Operand<Asked>| match operand {
            Operand::Place(asked) => asked.place.to_string(),
            Operand::Literal(literal) => String::from_utf8_lossy(literal.cell().bytes()).into_owned(),
        };
        match expr {
            Expr::And(parts) => join(parts, " and "),
            Expr::Or(parts) => join(parts, " or "),
            Expr::Not(inner) => format!("not {}", tree(inner)),
            Expr::Compare(left, how, right) => format!("{} {how:?} {}", side(left), side(right)),
            Expr::In(asked, list) => format!("{} in {}", asked.place, list.len()),
            Expr::Exists(asked) => format!("{} exists", asked.place),
            Expr::IsNull(asked) => format!("{} null", asked.place),
            Expr::IsTrue(asked) => asked.place.to_string(),
        }
    }

    fn parsed(written: &str) -> String {
        tree(&Expr::parse(written).unwrap_or_else(|error| panic!("{written}: {error}")))
    }

    #[test]
    fn not_binds_before_and_before_or() {
        for (written, expected) in [
            ("type == \"trade\"", "type Equal \"trade\""),
            ("type=='trade'", "type Equal \"trade\""),
            ("a or b and not c", "(a or (b and not c))"),
            ("(a OR b) AND not(c)", "((a or b) and not c)"),
            ("not not a", "not not a"),
            ("a<1 and b>=-1.5e3 and 2!=c", "(a Less 1 and b GreaterOrEqual -1.5e3 and 2 NotEqual c)"),
            ("a is null or b.c is not null", "(a null or (b.c exists and not b.c null))"),
            ("a in (1, 'x', null) and not a.\"b c\" exists", "(a in 3 and not a.\"b c\" exists)"),
            ("a? == true and @offset > 5", "(a Equal true and @offset Greater 5)"),
            ("/a/b c == 1", "/a/b Equal 1"),
            ("a == b", "a Equal b"),
        ] {
            if written.contains("b c ==") {
                assert!(Expr::parse(written).is_err(), "a blank ends a path");
                continue;
            }
            assert_eq!(parsed(written), expected, "{written}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_what_to_write() {
        for (written, word) in [
            ("type = \"trade\"", "equality is written =="),
            ("a && b", "(try: a and b)"),
            ("!a", "(try: not a)"),
            ("a == \"x", "never closed"),
            ("a == 'x", "never closed"),
            ("(a", "'(' is never closed"),
            ("a b", "missing before 'b'"),
            ("a ==", "missing at the end"),
            ("", "missing at the end"),
            ("a == and", "missing before 'and'"),
            ("1", "a literal stands alone"),
            ("a is 1", "is not null"),
            ("a in 1", "a list in parentheses"),
            ("a in (b)", "strings stand in quotes"),
            ("a == 01", "01 is no JSON"),
            ("$.a == 1", "(try: a)"),
            ("a[*].b == 1", "--explode a"),
        ] {
            let error = Expr::parse(written).unwrap_err().to_string();
            assert!(error.contains(word), "{written}: {error}");
        }
        assert!(Expr::parse(&"(".repeat(5000)).unwrap_err().to_string().contains("too deeply"));
    }
}
