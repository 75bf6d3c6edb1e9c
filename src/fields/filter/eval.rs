//! An expression at work on a record.

use std::cmp::Ordering;

use super::super::cell::{Cell, Constant};
use super::parse::Expr;
use super::{Comparison, Operand};
use crate::json::Kind;
use crate::schema::numbers;
use crate::stream::Reject;

/// What is known of an expression. Before the elements of an exploded array are looked at, what is asked
/// of them is not known; where that does not matter, the answer is known all the same.
pub(in crate::fields) type Truth = Option<bool>;

/// Looks places up in a record.
pub(in crate::fields) trait Lookup<P> {
    /// What stands there, or nothing; `Err` where it cannot be known yet.
    fn look(&self, place: &P) -> Result<Option<Cell<'_>>, Unknown>;

    /// How a message calls the place.
    fn name(&self, place: &P) -> String;
}

/// What cannot be known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fields) struct Unknown;

/// `--where`, at work.
#[derive(Debug)]
pub(in crate::fields) struct Filter<P> {
    expr: Expr<P>,
    scratch: [Vec<u8>; 2],
}

impl<P> Filter<P> {
    pub fn new(expr: Expr<P>) -> Self {
        Self { expr, scratch: Default::default() }
    }

    /// Whether the record is wanted.
    pub fn judge(&mut self, lookup: &impl Lookup<P>) -> Result<Truth, Reject> {
        Judge { scratch: &mut self.scratch, lookup }.of(&self.expr)
    }
}

struct Judge<'a, L> {
    scratch: &'a mut [Vec<u8>; 2],
    lookup: &'a L,
}

impl<'a, L> Judge<'a, L> {
    fn of<P>(&mut self, expr: &Expr<P>) -> Result<Truth, Reject>
    where
        L: Lookup<P>,
    {
        match expr {
            Expr::And(parts) => self.all(parts, false),
            Expr::Or(parts) => self.all(parts, true),
            Expr::Not(inner) => Ok(self.of(inner)?.map(|truth| !truth)),
            Expr::Compare(left, how, right) => self.compare(left, *how, right),
            Expr::In(place, list) => self.is_in(place, list),
            Expr::Exists(place) => Ok(self.lookup.look(place).ok().map(|cell| cell.is_some())),
            Expr::IsNull(place) => Ok(self.kind(place).map(|kind| kind == Some(Kind::Null))),
            Expr::IsTrue(place) => match self.kind(place) {
                Some(Some(Kind::True | Kind::False | Kind::Null) | None) | None => {
                    Ok(self.kind(place).map(|kind| kind == Some(Kind::True)))
                }
                Some(_) => Err(Reject::at(self.lookup.name(place), "--where asks for true or false here")),
            },
        }
    }

    /// A side of a comparison.
    fn side<'s, P>(&self, side: &'s Operand<P>) -> Result<Option<Cell<'s>>, Unknown>
    where
        L: Lookup<P>,
        'a: 's,
    {
        match side {
            Operand::Literal(literal) => Ok(Some(literal.cell())),
            Operand::Place(place) => self.lookup.look(place),
        }
    }

    fn kind<P>(&self, place: &P) -> Option<Option<Kind>>
    where
        L: Lookup<P>,
    {
        self.lookup.look(place).ok().map(|cell| cell.map(|cell| cell.kind()))
    }

    /// Whether all are true, or with `end` whether one is: what is `end` settles it.
    fn all<P>(&mut self, parts: &[Expr<P>], end: bool) -> Result<Truth, Reject>
    where
        L: Lookup<P>,
    {
        let mut truth = Some(!end);
        for part in parts {
            match self.of(part)? {
                Some(one) if one == end => return Ok(Some(end)),
                Some(_) => {}
                None => truth = None,
            }
        }
        Ok(truth)
    }

    fn is_in<P>(&mut self, place: &P, list: &[Constant]) -> Result<Truth, Reject>
    where
        L: Lookup<P>,
    {
        let Ok(cell) = self.lookup.look(place) else { return Ok(None) };
        let Some(cell) = cell else { return Ok(Some(false)) };
        let mut equal = |literal: &Constant| equal(cell, literal.cell(), self.scratch);
        Ok(Some(list.iter().any(&mut equal)))
    }

    fn compare<P>(&mut self, left: &Operand<P>, how: Comparison, right: &Operand<P>) -> Result<Truth, Reject>
    where
        L: Lookup<P>,
    {
        let (Ok(left), Ok(right)) = (self.side(left), self.side(right)) else { return Ok(None) };
        verdict(left, how, right, self.scratch).map(Some)
    }
}

/// What is missing is compared as null is.
fn verdict(
    left: Option<Cell<'_>>,
    how: Comparison,
    right: Option<Cell<'_>>,
    scratch: &mut [Vec<u8>; 2],
) -> Result<bool, Reject> {
    let nothing = |cell: &Option<Cell<'_>>| cell.is_none_or(|cell| cell.kind() == Kind::Null);
    let (Some(one), Some(other)) = (left.filter(|_| !nothing(&left)), right.filter(|_| !nothing(&right)))
    else {
        let both = nothing(&left) && nothing(&right);
        return Ok(match how {
            Comparison::Equal => both,
            Comparison::NotEqual => !both,
            _ => false,
        });
    };
    match how {
        Comparison::Equal => return Ok(equal(one, other, scratch)),
        Comparison::NotEqual => return Ok(!equal(one, other, scratch)),
        _ => {}
    }
    let order = order(one, other, scratch)?;
    Ok(match how {
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        _ => order.is_ge(),
    })
}

fn equal(one: Cell<'_>, other: Cell<'_>, scratch: &mut [Vec<u8>; 2]) -> bool {
    match (one.kind(), other.kind()) {
        (Kind::String, Kind::String) => texts(one, other, scratch).is_some_and(|(one, other)| one == other),
        (Kind::Number, Kind::Number) => numbers::compare(one.bytes(), other.bytes()).is_eq(),
        (one, other) => one == other && matches!(one, Kind::True | Kind::False | Kind::Null),
    }
}

fn order(one: Cell<'_>, other: Cell<'_>, scratch: &mut [Vec<u8>; 2]) -> Result<Ordering, Reject> {
    match (one.kind(), other.kind()) {
        (Kind::Number, Kind::Number) => Ok(numbers::compare(one.bytes(), other.bytes())),
        (Kind::String, Kind::String) => match texts(one, other, scratch) {
            Some((one, other)) => Ok(one.cmp(other)),
            None => Err(Reject::new("--where compares a string that holds half a surrogate pair")),
        },
        (one, other) => Err(Reject::new(format!(
            "--where asks which is less, {} or {}",
            crate::schema::fault::article(one),
            crate::schema::fault::article(other)
        ))
        .hint("NAME:double=PATH in a map-fields before this one, or quotes around the literal")),
    }
}

fn texts<'a>(
    one: Cell<'a>,
    other: Cell<'a>,
    [first, second]: &'a mut [Vec<u8>; 2],
) -> Option<(&'a [u8], &'a [u8])> {
    Some((one.string().text(first).ok()?, other.string().text(second).ok()?))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::Asked;
    use super::*;

    /// Fields by the path as it is written; `data…` is unknown.
    struct Fields(HashMap<&'static str, Constant>);

    impl Lookup<Asked> for Fields {
        fn look(&self, asked: &Asked) -> Result<Option<Cell<'_>>, Unknown> {
            let name = asked.place.to_string();
            if name.starts_with("data") {
                Err(Unknown)
            } else {
                Ok(self.0.get(name.as_str()).map(Constant::cell))
            }
        }

        fn name(&self, asked: &Asked) -> String {
            asked.place.to_string()
        }
    }

    fn judge(written: &str) -> Result<Truth, Reject> {
        let fields = [
            ("s", r#""tr\u0061de""#),
            ("n", "10"),
            ("big", "9007199254740993"),
            ("zip", "\"10\""),
            ("none", "null"),
            ("yes", "true"),
            ("no", "false"),
            ("list", "[1]"),
        ];
        let field = |(name, json): (&'static str, &str)| (name, Constant::parse(json.as_bytes()).unwrap());
        Filter::new(Expr::parse(written).unwrap()).judge(&Fields(fields.into_iter().map(field).collect()))
    }

    #[test]
    fn comparisons_are_by_text_and_by_value() {
        for (written, expected) in [
            ("s == \"trade\"", true),
            ("s != \"trade\"", false),
            ("s < \"u\" and s > \"tra\"", true),
            ("n == 10.0 and n == 1e1", true),
            ("n >= 10 and n <= 10 and n > 9.99", true),
            ("big == 9007199254740992", false),
            ("big > 9007199254740992", true),
            ("zip == 10", false),
            ("zip != 10", true),
            ("n == n", true),
            ("s in (\"a\", \"trade\") and not n in (1, 2)", true),
            ("yes and not no", true),
            ("yes == true", true),
            ("list == list", false),
        ] {
            assert_eq!(judge(written).unwrap(), Some(expected), "{written}");
        }
    }

    #[test]
    fn nothing_is_equal_to_null_alone_and_ordered_with_nothing() {
        for (written, expected) in [
            ("absent == 1", false),
            ("absent != 1", true),
            ("absent < 1 or absent >= 1", false),
            ("none is null and not absent is null", true),
            ("none exists and not absent exists", true),
            ("none == null and absent == null", true),
            ("n is not null and not none is not null and not absent is not null", true),
            ("absent in (null)", false),
            ("absent or none", false),
        ] {
            assert_eq!(judge(written).unwrap(), Some(expected), "{written}");
        }
    }

    #[test]
    fn kinds_that_have_no_order_are_refused() {
        for written in ["zip < 5", "yes > false", "list <= 1", "n", "s or yes"] {
            assert!(judge(written).is_err(), "{written}");
        }
    }

    #[test]
    fn what_is_not_known_yet_may_not_matter() {
        for (written, expected) in [
            ("data.p > 1", None),
            ("s == \"ping\" and data.p > 1", Some(false)),
            ("data.p > 1 and s == \"ping\"", Some(false)),
            ("s == \"trade\" and data.p > 1", None),
            ("yes or data.p > 1", Some(true)),
            ("not data.c is null", None),
            ("data.c exists or no", None),
        ] {
            assert_eq!(judge(written).unwrap(), expected, "{written}");
        }
    }
}
