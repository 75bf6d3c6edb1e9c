//! Where the wanted values of a record stand: one pass over it, all of it checked.
//!
//! Unlike [`crate::json::Paths`], one path may lead into the value of another, several may be the same,
//! and one array may be *exploded*: then the paths that lead into it are looked up in each element.
//!
//! Two values for one field on the way of a path are refused: which of them was meant is not ours to say.

use crate::json::{Cursor, Error, Kind, Span, Step, Value};

/// What stands at a path, if anything does.
pub(super) type Slot = Option<Value>;

/// What was found in one record. Kept from record to record for its memory.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// In the order in which the paths were given.
    pub record: Vec<Slot>,
    pub array: Array,
    /// A field on the way of a path that has two values.
    pub twice: Option<String>,
    elements: Vec<Slot>,
    /// The slot of a whole element.
    whole: Option<usize>,
    width: usize,
    count: usize,
}

/// What stands in the place of the exploded array.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Array {
    #[default]
    Missing,
    /// Null, or something that is no array.
    Other(Kind),
    Found,
}

impl Found {
    /// How many elements the exploded array has.
    pub fn elements(&self) -> usize {
        self.count
    }

    /// What was found in one element.
    #[inline]
    pub fn element(&self, index: usize) -> &[Slot] {
        &self.elements[index * self.width..][..self.width]
    }

    /// Where an element stands, if elements are wanted whole.
    pub fn element_value(&self, index: usize) -> Option<std::ops::Range<usize>> {
        self.element(index)[self.whole?].map(|value| value.span.range())
    }

    fn clear(&mut self, record: usize, width: usize) {
        self.record.clear();
        self.record.resize(record, None);
        self.elements.clear();
        self.twice = None;
        (self.array, self.width, self.count) = (Array::Missing, width, 0);
    }
}

/// The paths, as a tree.
#[derive(Debug)]
pub(super) struct Wanted {
    root: Node,
    /// Of the elements of the exploded array.
    element: Node,
    record_slots: usize,
    element_slots: usize,
    /// The slot of a whole element, if elements are wanted so.
    whole: Option<usize>,
    explode: Option<Vec<Step>>,
}

/// What to look for in one value.
#[derive(Debug, Default)]
struct Node {
    /// The slots that this value belongs into.
    slots: Vec<usize>,
    members: Vec<Member>,
    elements: Vec<(usize, Node)>,
    /// Whether it is the exploded array.
    explodes: bool,
    /// Whether there is something to look for inside.
    goes_on: bool,
    /// Counts objects, so that a member knows whether it was seen in this one.
    visit: u64,
}

#[derive(Debug)]
struct Member {
    name: String,
    node: Node,
    seen: u64,
}

/// Which of the two kinds of slots a path was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Record(usize),
    Element(usize),
}

impl Wanted {
    /// Wants nothing yet. The paths that go into `explode` are looked up in each of its elements.
    pub fn new(explode: Option<Vec<Step>>) -> Self {
        let mut root = Node::default();
        if let Some(steps) = &explode {
            root.below(steps).into_iter().for_each(|node| (node.explodes, node.goes_on) = (true, true));
        }
        Self { root, element: Node::default(), record_slots: 0, element_slots: 0, whole: None, explode }
    }

    /// Wants what `steps` lead to, and says where it will be found.
    pub fn want(&mut self, steps: &[Step]) -> Place {
        let inside = self.explode.as_ref().and_then(|path| behind(path, steps));
        let (node, rest, count) = match inside {
            Some(rest) => (&mut self.element, rest, &mut self.element_slots),
            None => (&mut self.root, steps, &mut self.record_slots),
        };
        let slot = *count;
        *count += 1;
        node.below(rest).into_iter().for_each(|node| node.slots.push(slot));
        if inside.is_some() { Place::Element(slot) } else { Place::Record(slot) }
    }

    /// Wants the elements of the exploded array, which `steps` lead to, as they stand.
    pub fn want_whole_elements(&mut self, steps: &[Step]) {
        if let Place::Element(slot) = self.want(steps) {
            self.whole = Some(slot);
        }
    }

    /// Finds everything, and checks the whole record.
    #[inline]
    pub fn find(&mut self, line: &[u8], found: &mut Found) -> Result<(), Error> {
        found.clear(self.record_slots, self.element_slots);
        found.whole = self.whole;
        let mut cursor = Cursor::bytes(line);
        let kind = cursor.peek()?;
        if kind != Kind::Object {
            return Err(Error::new(crate::json::Reason::NotAnObject, 0));
        }
        let mut slots = std::mem::take(&mut found.record);
        let walked = self.root.walk(&mut cursor, &mut slots, found, Some(&mut self.element));
        found.record = slots;
        walked?;
        cursor.finish()
    }
}

/// What is left of `steps` behind those of `prefix`.
fn behind<'s>(prefix: &[Step], steps: &'s [Step]) -> Option<&'s [Step]> {
    let (start, rest) = steps.split_at_checked(prefix.len())?;
    let same =
        |(one, other): (&Step, &Step)| one == other || (one.name().is_some() && one.name() == other.name());
    prefix.iter().zip(start).all(same).then_some(rest)
}

impl Node {
    /// The nodes that `steps` lead to: two, where a number may be a name or an index.
    fn below(&mut self, steps: &[Step]) -> Vec<&mut Node> {
        let Some((first, rest)) = steps.split_first() else { return vec![self] };
        self.goes_on = true;
        let mut nodes = Vec::new();
        if let Some(name) = first.name() {
            let known = self.members.iter().position(|member| member.name == name);
            let at = known.unwrap_or_else(|| {
                self.members.push(Member { name: name.to_owned(), node: Node::default(), seen: 0 });
                self.members.len() - 1
            });
            nodes.extend(self.members[at].node.below(rest));
        }
        if let Some(index) = first.index() {
            let known = self.elements.iter().position(|(other, _)| *other == index);
            let at = known.unwrap_or_else(|| {
                self.elements.push((index, Node::default()));
                self.elements.len() - 1
            });
            nodes.extend(self.elements[at].1.below(rest));
        }
        nodes
    }

    /// Looks at the value that comes next. `element` is what to look for in elements of the exploded
    /// array, where that can come.
    #[inline]
    fn walk(
        &mut self,
        cursor: &mut Cursor<'_>,
        slots: &mut [Slot],
        found: &mut Found,
        element: Option<&mut Node>,
    ) -> Result<(), Error> {
        let mut value = None;
        if self.goes_on {
            let kind = cursor.peek()?;
            let start = cursor.offset();
            if self.walk_into(kind, cursor, slots, found, element)? {
                value = Some(Value { kind, escaped: false, span: Span { start, end: cursor.offset() } });
            }
        }
        let value = match value {
            Some(value) => value,
            None => cursor.value()?,
        };
        self.slots.iter().for_each(|slot| slots[*slot] = Some(value));
        Ok(())
    }

    /// Looks into a value and returns true, or leaves it alone, as nothing is looked for in such a one.
    fn walk_into(
        &mut self,
        kind: Kind,
        cursor: &mut Cursor<'_>,
        slots: &mut [Slot],
        found: &mut Found,
        element: Option<&mut Node>,
    ) -> Result<bool, Error> {
        match (kind, element) {
            (Kind::Array, Some(element)) if self.explodes => explode(element, cursor, found)?,
            (Kind::Array, _) if !self.elements.is_empty() => self.walk_array(cursor, slots, found)?,
            (Kind::Object, element) if !self.members.is_empty() => {
                self.walk_object(cursor, slots, found, element)?;
            }
            _ => {
                if self.explodes {
                    found.array = Array::Other(kind);
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn walk_object(
        &mut self,
        cursor: &mut Cursor<'_>,
        slots: &mut [Slot],
        found: &mut Found,
        mut element: Option<&mut Node>,
    ) -> Result<(), Error> {
        self.visit += 1;
        let mut next = cursor.enter_object()?;
        while let Some(key) = next {
            match self.members.iter_mut().find(|member| key.is(&member.name)) {
                Some(member) => {
                    if std::mem::replace(&mut member.seen, self.visit) == self.visit {
                        found.twice = Some(member.name.clone());
                    }
                    member.node.walk(cursor, slots, found, element.as_deref_mut())?;
                }
                None => drop(cursor.skip_value()?),
            }
            next = cursor.next_key()?;
        }
        Ok(())
    }

    fn walk_array(
        &mut self,
        cursor: &mut Cursor<'_>,
        slots: &mut [Slot],
        found: &mut Found,
    ) -> Result<(), Error> {
        let mut index = 0;
        let mut more = cursor.enter_array()?;
        while more {
            match self.elements.iter_mut().find(|(wanted, _)| *wanted == index) {
                Some((_, node)) => node.walk(cursor, slots, found, None)?,
                None => drop(cursor.skip_value()?),
            }
            index += 1;
            more = cursor.next_element()?;
        }
        Ok(())
    }
}

/// Looks into each element of the exploded array.
fn explode(element: &mut Node, cursor: &mut Cursor<'_>, found: &mut Found) -> Result<(), Error> {
    found.array = Array::Found;
    let mut slots = std::mem::take(&mut found.elements);
    let mut more = cursor.enter_array()?;
    while more {
        let start = slots.len();
        slots.resize(start + found.width, None);
        found.count += 1;
        element.walk(cursor, &mut slots[start..], found, None)?;
        more = cursor.next_element()?;
    }
    found.elements = slots;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Path;

    /// What the paths lead to, element by element where there are some.
    fn find(explode: Option<&str>, paths: &[&str], text: &str) -> Result<Vec<Vec<Option<String>>>, String> {
        let mut wanted = Wanted::new(explode.map(|path| Path::parse(path).unwrap().steps().to_vec()));
        let places: Vec<Place> =
            paths.iter().map(|path| wanted.want(Path::parse(path).unwrap().steps())).collect();
        let mut found = Found::default();
        wanted.find(text.as_bytes(), &mut found).map_err(|error| error.to_string())?;
        if let Some(name) = found.twice {
            return Err(format!("{name} twice"));
        }
        let row = |element: &[Slot]| {
            let slot = |place: &Place| match place {
                Place::Record(slot) => found.record[*slot],
                Place::Element(slot) => element[*slot],
            };
            places.iter().map(|place| slot(place).map(|value| text[value.span.range()].to_owned())).collect()
        };
        Ok(match explode {
            Some(_) => (0..found.elements()).map(|index| row(found.element(index))).collect(),
            None => vec![row(&[])],
        })
    }

    fn values(paths: &[&str], text: &str) -> Vec<Option<String>> {
        find(None, paths, text).unwrap().remove(0)
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn paths_may_be_equal_and_lead_into_each_other() {
        let text = r#"{"a" : {"b":[1, {"c":2}], "x":0} ,"\u0064":null}"#;
        let found = values(&["a.b", "a.b[1].c", "a", "a.b", "d", "a.no", "x.y", "/a/b/0"], text);
        let (b, a) = (r#"[1, {"c":2}]"#, r#"{"b":[1, {"c":2}], "x":0}"#);
        assert_eq!(found, [some(b), some("2"), some(a), some(b), some("null"), None, None, some("1")]);
        assert_eq!(values(&["a", "a.b"], r#"{"a":"\"","c":1}"#), [some(r#""\"""#), None]);
    }

    #[test]
    fn an_exploded_array_is_searched_element_by_element() {
        let text = r#"{"data":[{"s":"A","t":{"x":1}},{"t":2},null],"type":"trade"}"#;
        let found = find(Some("data"), &["data.s", "type", "data", "data.t.x"], text).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[0], [some("\"A\""), some("\"trade\""), some(r#"{"s":"A","t":{"x":1}}"#), some("1")]);
        assert_eq!(found[1], [None, some("\"trade\""), some("{\"t\":2}"), None]);
        assert_eq!(found[2][2], some("null"));
        assert_eq!(
            find(Some("a.b"), &["a.b", "a"], r#"{"a":{"b":[7]}}"#).unwrap(),
            [[some("7"), some("{\"b\":[7]}")]]
        );
        assert!(find(Some("data"), &["data.s"], r#"{"data":[]}"#).unwrap().is_empty());
    }

    #[test]
    fn two_values_for_one_field_are_refused_and_so_is_what_is_no_record() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"a":{"b":1},"\u0061":{}}"#, r#"{"a":{"b":1,"b":2}}"#] {
            assert!(find(None, &["a.b"], text).unwrap_err().ends_with("twice"), "{text}");
        }
        assert!(find(None, &["a.b"], r#"{"z":1,"z":2,"a":{"z":1,"z":2}}"#).is_ok(), "nobody asked for z");
        for text in ["[]", "{", r#"{"a":{"b":01}}"#, "{} {}", r#"{"a":[1}}"#] {
            assert!(find(None, &["a.b"], text).unwrap_err().contains("JSON"), "{text}");
        }
    }

    #[test]
    fn visits_of_one_record_are_forgotten_in_the_next() {
        let mut wanted = Wanted::new(None);
        wanted.want(Path::parse("a").unwrap().steps());
        let mut found = Found::default();
        for text in ["{\"a\":1}", "{\"a\":2}", "{}"] {
            wanted.find(text.as_bytes(), &mut found).unwrap();
        }
        assert_eq!(found.record, [None]);
    }
}
