//! What a path that leads to nothing met on its way, and what was probably meant.
//!
//! Only for messages: names of fields are told, values never.

use std::borrow::Cow;

use crate::json::{Cursor, Error, Kind, Step};
use crate::schema::fault::push_member;

/// Names of fields that are looked at.
const MOST_NAMES: usize = 1000;

/// Why a path leads to nothing.
pub(super) struct Met {
    pub reason: Cow<'static, str>,
    pub hint: Option<String>,
}

impl Met {
    fn missing(hint: Option<String>) -> Self {
        Self { reason: "missing field".into(), hint }
    }
}

/// Follows `steps` into `record` as far as they lead. `element` says behind how many of them an element
/// of an array is gone into, and which.
pub(super) fn meet(record: &[u8], steps: &[Step], element: Option<(usize, usize)>) -> Met {
    let mut way: Vec<Step> = steps.to_vec();
    if let Some((depth, place)) = element {
        way.insert(depth, Step::Element(place));
    }
    let hidden = element.map(|(depth, _)| depth);
    // What cannot be read was refused before.
    follow(record, &way, hidden).unwrap_or_else(|_| Met::missing(None))
}

fn follow(record: &[u8], way: &[Step], hidden: Option<usize>) -> Result<Met, Error> {
    let mut cursor = Cursor::bytes(record);
    for (depth, step) in way.iter().enumerate() {
        // The user's own path has no step for the element.
        let shown = |at: &(usize, &Step)| Some(at.0) != hidden;
        let before: Vec<&Step> =
            way[..depth].iter().enumerate().filter(shown).map(|(_, step)| step).collect();
        let kind = cursor.peek()?;
        let found = match (kind, step.name(), step.index()) {
            (Kind::Object, Some(name), _) => match enter(&mut cursor, name)? {
                None => true,
                Some(names) => {
                    let near = nearest(name, &names).map(|near| Step::Member(near.to_owned()));
                    let path =
                        |near: &Step| written(before.iter().copied().chain([near]).chain(&way[depth + 1..]));
                    return Ok(Met::missing(near.as_ref().map(path)));
                }
            },
            (Kind::Array, _, Some(index)) => enter_element(&mut cursor, index)?,
            (Kind::Null, ..) => return Ok(Met { reason: "null stands on the way".into(), hint: None }),
            _ => return Ok(misfit(kind, step, &written(before.into_iter()))),
        };
        if !found {
            return Ok(Met { reason: "the array has no such element".into(), hint: None });
        }
    }
    Ok(Met::missing(None))
}

/// A value that the path cannot go into.
fn misfit(kind: Kind, step: &Step, before: &str) -> Met {
    let (reason, hint) = match (kind, step.name()) {
        (Kind::Array, Some(_)) => (
            "an array stands where the path has a name",
            Some(format!("--explode {before}, or an index: {before}[0]")),
        ),
        (Kind::Object, _) => ("an object stands where the path has an index", None),
        _ => ("a value without fields stands on the way", None),
    };
    Met { reason: reason.into(), hint }
}

/// Goes to the member `name`; if there is none, tells which there are.
fn enter(cursor: &mut Cursor<'_>, name: &str) -> Result<Option<Vec<String>>, Error> {
    let mut names = Vec::new();
    let mut next = cursor.enter_object()?;
    while let Some(key) = next {
        if key.is(name) {
            return Ok(None);
        }
        if names.len() < MOST_NAMES {
            let mut text = Vec::new();
            names.extend(key.unescape_into(&mut text).ok().and_then(|()| String::from_utf8(text).ok()));
        }
        cursor.skip_value()?;
        next = cursor.next_key()?;
    }
    Ok(Some(names))
}

/// Goes to an element, if it is there.
fn enter_element(cursor: &mut Cursor<'_>, index: usize) -> Result<bool, Error> {
    let mut more = cursor.enter_array()?;
    for _ in 0..index {
        if !more {
            break;
        }
        cursor.skip_value()?;
        more = cursor.next_element()?;
    }
    Ok(more)
}

/// The name that was probably meant: the nearest, if it is near.
fn nearest<'n>(name: &str, names: &'n [String]) -> Option<&'n str> {
    let far = 1 + name.chars().count() / 4;
    let near = names.iter().map(|other| (distance(&name.to_lowercase(), &other.to_lowercase()), other));
    near.filter(|(distance, _)| *distance <= far)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, near)| near.as_str())
}

/// How many letters have to be changed, added or left out.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().take(200).collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().take(200).enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, also) in other.iter().enumerate() {
            let change = diagonal + usize::from(letter != *also);
            diagonal = row[column + 1];
            row[column + 1] = change.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

/// Steps as a path.
pub(super) fn written<'s>(steps: impl Iterator<Item = &'s Step>) -> String {
    let mut path = String::new();
    for step in steps {
        match (step, step.name()) {
            (Step::EveryElement, _) => path.push_str("[*]"),
            (_, Some(name)) => push_member(&mut path, name),
            (_, None) => path.push_str(&format!("[{}]", step.index().unwrap_or_default())),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Path;

    fn met(record: &str, path: &str, element: Option<(usize, usize)>) -> (String, Option<String>) {
        let met = meet(record.as_bytes(), Path::parse(path).unwrap().steps(), element);
        (met.reason.into_owned(), met.hint)
    }

    #[test]
    fn a_misspelt_name_gets_the_one_that_was_meant() {
        let record = r#"{"location":{"postcode":1,"city":"x"},"data":[{"symbol":1}]}"#;
        for (path, meant) in [
            ("location.postcod", Some("location.postcode")),
            ("Location.city", Some("location.city")),
            ("locaton.street.name", Some("location.street.name")),
            ("location.country", None),
            ("zip", None),
        ] {
            assert_eq!(
                met(record, path, None),
                ("missing field".to_owned(), meant.map(str::to_owned)),
                "{path}"
            );
        }
        assert_eq!(met(record, "data.symbl", Some((1, 0))).1.as_deref(), Some("data.symbol"));
    }

    #[test]
    fn what_stands_in_the_way_is_told() {
        let record = r#"{"a":[{"b":1}],"n":null,"s":"x","o":{}}"#;
        let array = met(record, "a.b", None);
        assert!(array.0.contains("an array stands") && array.1.unwrap().contains("--explode a"));
        assert_eq!(met(record, "n.x", None).0, "null stands on the way");
        assert_eq!(met(record, "s.x", None).0, "a value without fields stands on the way");
        assert_eq!(met(record, "o[0]", None).0, "an object stands where the path has an index");
        assert_eq!(met(record, "a[1].b", None).0, "the array has no such element");
    }
}
