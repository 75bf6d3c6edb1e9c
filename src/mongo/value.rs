//! Values of JSON as elements of BSON, by a shape: exactly, or not at all.
//!
//! One pass; what is written for a record that turns out to be none is thrown away with its document. Names that
//! MongoDB's own language could not reach, those that begin with `$` or hold a `.`, are refused.

use super::Fault;
use super::bson::{self, Type};
use super::shape::{Shape, Struct, Unknown};
use super::{numbers, times};
use crate::json::{Cursor, Key, Kind};

/// How deep documents may nest.
const MAX_DEPTH: u32 = 100;
/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Writes values.
pub struct Values<'s> {
    /// Room for what is escaped.
    pub scratch: &'s mut Vec<u8>,
}

impl Values<'_> {
    /// The members of the object that comes next, without the frame of a document around them. `skips`
    /// says which names are written otherwise, or not allowed.
    pub fn fields(
        &mut self,
        shape: &Struct,
        cursor: &mut Cursor<'_>,
        out: &mut Vec<u8>,
        depth: u32,
        skips: impl Fn(&Key<'_>) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        let mut seen = vec![false; shape.fields.len()];
        let mut others = Names::default();
        let mut next = cursor.enter_object()?;
        while let Some(key) = next {
            if skips(&key)? {
                cursor.skip_value()?;
                next = cursor.next_key()?;
                continue;
            }
            match shape.fields.iter().position(|(name, ..)| key.is(name)) {
                Some(at) => {
                    let (name, shape, nullable) = &shape.fields[at];
                    if std::mem::replace(&mut seen[at], true) {
                        return Err(Fault::twice().under(name));
                    }
                    self.known(shape, *nullable, name, cursor, out, depth)?;
                }
                None => self.other(shape.unknown, &key, &mut others, cursor, out, depth)?,
            }
            next = cursor.next_key()?;
        }
        others.check(out)?;
        let missing = shape.fields.iter().zip(&seen).find(|((_, _, nullable), seen)| !nullable && !**seen);
        missing.map_or(Ok(()), |((name, ..), _)| Err(Fault::plain("missing, and NOT NULL").under(name)))
    }

    /// A field of the schema.
    fn known(
        &mut self,
        shape: &Shape,
        nullable: bool,
        name: &str,
        cursor: &mut Cursor<'_>,
        out: &mut Vec<u8>,
        depth: u32,
    ) -> Result<(), Fault> {
        if cursor.peek()? == Kind::Null && !nullable {
            return Err(Fault::plain("null, and NOT NULL").under(name));
        }
        check_name(name.as_bytes()).map_err(|why| Fault::plain(why).under(name))?;
        self.element(shape, name.as_bytes(), cursor, out, depth).map_err(|fault| fault.under(name))
    }

    /// A field that no schema names.
    fn other(
        &mut self,
        unknown: Unknown,
        key: &Key<'_>,
        others: &mut Names,
        cursor: &mut Cursor<'_>,
        out: &mut Vec<u8>,
        depth: u32,
    ) -> Result<(), Fault> {
        let mut name = Vec::new();
        key.unescape_into(&mut name)?;
        let told = || String::from_utf8_lossy(&name).into_owned();
        if unknown == Unknown::Reject {
            return Err(Fault::plain("unknown field").under(&told()));
        }
        check_name(&name).map_err(|why| Fault::plain(why).under(&told()))?;
        others.0.push((out.len() + 1, out.len() + 1 + name.len()));
        self.element(&Shape::Any, &name, cursor, out, depth).map_err(|fault| fault.under(&told()))
    }

    /// A whole element of the value that comes next.
    pub fn element(
        &mut self,
        shape: &Shape,
        name: &[u8],
        cursor: &mut Cursor<'_>,
        out: &mut Vec<u8>,
        depth: u32,
    ) -> Result<(), Fault> {
        let at = bson::name(out, Type::Null, name);
        let kind = self.value(shape, cursor, out, depth)?;
        out[at] = kind as u8;
        Ok(())
    }

    fn value(
        &mut self,
        shape: &Shape,
        cursor: &mut Cursor<'_>,
        out: &mut Vec<u8>,
        depth: u32,
    ) -> Result<Type, Fault> {
        let found = cursor.peek()?;
        let value = match (shape, found) {
            (_, Kind::Null) => return cursor.literal().map(|_| Type::Null).map_err(Fault::from),
            (Shape::Any | Shape::Boolean, Kind::True | Kind::False) => {
                out.push(u8::from(cursor.literal()? == Kind::True));
                return Ok(Type::Boolean);
            }
            (_, Kind::Object | Kind::Array) => return self.nested(shape, found, cursor, out, depth),
            (_, Kind::Number) => number(shape, cursor.number()?.text, out),
            (_, Kind::String) => {
                let string = cursor.string()?;
                text(shape, string.text(self.scratch)?, out)
            }
            _ => None,
        };
        match value {
            Some(value) if *shape == Shape::Any => value.map_err(Fault::value),
            Some(value) => value.map_err(|why| Fault::value(why).in_column(shape.label())),
            None => Err(Fault::kind(found).in_column(shape.label())),
        }
    }

    /// An object or an array.
    fn nested(
        &mut self,
        shape: &Shape,
        found: Kind,
        cursor: &mut Cursor<'_>,
        out: &mut Vec<u8>,
        depth: u32,
    ) -> Result<Type, Fault> {
        if depth >= MAX_DEPTH {
            return Err(Fault::plain("nested more than 100 deep, and MongoDB takes no deeper document"));
        }
        let start = bson::begin(out);
        let kind = match (shape, found) {
            (Shape::Any, Kind::Object) => {
                self.fields(&Struct::open(), cursor, out, depth + 1, |_| Ok(false))?;
                Type::Document
            }
            (Shape::Struct(fields), Kind::Object) => {
                self.fields(fields, cursor, out, depth + 1, |_| Ok(false))?;
                Type::Document
            }
            (Shape::Map(shape), Kind::Object) => {
                self.entries(shape, cursor, out, depth + 1)?;
                Type::Document
            }
            (Shape::Any, Kind::Array) => {
                self.elements(&Shape::Any, cursor, out, depth + 1)?;
                Type::Array
            }
            (Shape::Array(shape), Kind::Array) => {
                self.elements(shape, cursor, out, depth + 1)?;
                Type::Array
            }
            _ => return Err(Fault::kind(found).in_column(shape.label())),
        };
        bson::end(out, start);
        Ok(kind)
    }

    /// The values of a map. Its names are data, and are not told.
    fn entries(
        &mut self,
        shape: &Shape,
        cursor: &mut Cursor<'_>,
        out: &mut Vec<u8>,
        depth: u32,
    ) -> Result<(), Fault> {
        let mut names = Names::default();
        let mut next = cursor.enter_object()?;
        while let Some(key) = next {
            let mut name = Vec::new();
            key.unescape_into(&mut name)?;
            check_name(&name).map_err(|why| Fault::plain(why).in_map())?;
            names.0.push((out.len() + 1, out.len() + 1 + name.len()));
            self.element(shape, &name, cursor, out, depth).map_err(Fault::in_map)?;
            next = cursor.next_key()?;
        }
        names.check(out)
    }

    fn elements(
        &mut self,
        shape: &Shape,
        cursor: &mut Cursor<'_>,
        out: &mut Vec<u8>,
        depth: u32,
    ) -> Result<(), Fault> {
        let mut at = 0usize;
        let mut more = cursor.enter_array()?;
        while more {
            let name = at.to_string();
            self.element(shape, name.as_bytes(), cursor, out, depth).map_err(|fault| fault.at_element(at))?;
            at += 1;
            more = cursor.next_element()?;
        }
        Ok(())
    }
}

/// Where the names of an object stand in what was written.
#[derive(Default)]
struct Names(Vec<(usize, usize)>);

impl Names {
    /// Refuses a name that is there twice: who reads the document would see one of the values.
    fn check(mut self, written: &[u8]) -> Result<(), Fault> {
        self.0.sort_unstable_by_key(|(start, end)| &written[*start..*end]);
        let same = |pair: &&[(usize, usize)]| written[pair[0].0..pair[0].1] == written[pair[1].0..pair[1].1];
        match self.0.windows(2).find(same) {
            Some(_) => Err(Fault::twice()),
            None => Ok(()),
        }
    }
}

/// What MongoDB's own language could not reach.
fn check_name(name: &[u8]) -> Result<(), &'static str> {
    match name {
        [b'$', ..] => Err("a name that begins with $"),
        name if name.contains(&b'.') => Err("a name that holds a ."),
        name if name.contains(&0) => Err("a name that holds a zero byte"),
        _ => Ok(()),
    }
}

type Written = Result<Type, &'static str>;

/// A number; none if the shape takes none.
fn number(shape: &Shape, text: &[u8], out: &mut Vec<u8>) -> Option<Written> {
    fn put<const N: usize>(bytes: Result<[u8; N], &'static str>, kind: Type, out: &mut Vec<u8>) -> Written {
        bytes.map(|bytes| out.extend_from_slice(&bytes)).map(|()| kind)
    }
    let double =
        |value: Result<f64, _>, out: &mut Vec<u8>| put(value.map(f64::to_le_bytes), Type::Double, out);
    Some(match shape {
        Shape::Any if !is_integer(text) => double(numbers::double(text), out),
        Shape::Any => match numbers::integer::<i32>(text) {
            Ok(value) => put(Ok(value.to_le_bytes()), Type::Int32, out),
            Err(_) => {
                let value = numbers::integer(text)
                    .map_err(|_| "an integer beyond 64 bits, and no schema says DECIMAL");
                put(value.map(i64::to_le_bytes), Type::Int64, out)
            }
        },
        Shape::Int(least, most) => {
            let value = numbers::integer::<i32>(text);
            let fits = value.and_then(|value| match (*least..=*most).contains(&value) {
                true => Ok(value),
                false => Err(numbers::OUT_OF_RANGE),
            });
            put(fits.map(i32::to_le_bytes), Type::Int32, out)
        }
        Shape::Long => put(numbers::integer(text).map(i64::to_le_bytes), Type::Int64, out),
        Shape::Double => double(numbers::double(text), out),
        Shape::Float => double(numbers::float(text).map(f64::from), out),
        Shape::Decimal(precision, scale) => numbers::decimal(text, *precision, *scale).map(|unscaled| {
            bson::decimal(out, unscaled, *scale);
            Type::Decimal128
        }),
        Shape::Text(_) => return self::text(shape, text, out),
        _ => return None,
    })
}

/// Whether a number has neither a fraction nor an exponent, nor a sign that an integer would lose.
fn is_integer(text: &[u8]) -> bool {
    text != b"-0" && text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
}

/// A text; none if the shape takes none.
fn text(shape: &Shape, text: &[u8], out: &mut Vec<u8>) -> Option<Written> {
    let millis = |value: Result<i64, &'static str>, out: &mut Vec<u8>| {
        value.map(|millis| out.extend_from_slice(&millis.to_le_bytes())).map(|()| Type::DateTime)
    };
    Some(match shape {
        Shape::Text(Some(most)) if characters(text) > *most as usize => {
            Err("more characters than the column has")
        }
        Shape::Any | Shape::Text(_) => {
            bson::text(out, text);
            Ok(Type::String)
        }
        Shape::Binary => decode(text).map(|bytes| {
            bson::binary(out, &bytes);
            Type::Binary
        }),
        Shape::Date => millis(times::date(text).map(|days| i64::from(days) * DAY), out),
        Shape::Instant => millis(times::timestamp(text).and_then(whole_millis), out),
        _ => return None,
    })
}

fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| (**byte as i8) >= -0x40).count()
}

fn decode(text: &[u8]) -> Result<Vec<u8>, &'static str> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).map_err(|_| "not base64 text")
}

fn whole_millis(micros: i64) -> Result<i64, &'static str> {
    if micros % 1000 == 0 { Ok(micros / 1000) } else { Err("a time finer than a millisecond") }
}
