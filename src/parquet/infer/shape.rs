//! The shape of what was seen so far: a tree of fields, each with the kinds of value it had.

use std::collections::{HashMap, HashSet};

use super::scalars::{Numbers, Strings};
use super::{Context, Options};
use crate::json::{Cursor, Key, Kind};
use crate::schema::fault::{Fault, article, push_member};
use crate::schema::{Field, Type};

/// More different names than a struct has: in one object, and in all together.
const MAX_NAMES: usize = 2_000;
const MAX_NAMES_IN_ALL: usize = 20_000;

const ALWAYS_NULL: &str = "always null in the sample";
const MIXED: &str = "numbers and strings in the sample";
const LOSSY: &str = "numbers in the sample that no number type keeps exactly";
const ALWAYS_EMPTY: &str = "always empty in the sample";

/// Why a field has no type.
pub(super) struct Problem {
    pub path: String,
    pub why: String,
}

/// A field, an array's elements, or the record.
#[derive(Default)]
pub(super) struct Node {
    /// How many values were not null.
    values: u64,
    booleans: u64,
    numbers: Option<Numbers>,
    strings: Option<Strings>,
    elements: Option<Box<Node>>,
    members: Option<Members>,
    /// The values of a map.
    entries: Option<Box<Node>>,
}

/// The members of objects.
#[derive(Default)]
struct Members {
    /// How many objects were seen, those included that were refused half-way.
    objects: u64,
    names: Vec<Member>,
    by_name: HashMap<Box<[u8]>, usize>,
}

struct Member {
    name: String,
    path: String,
    node: Node,
    /// The object that had it last.
    seen_in: u64,
}

impl Node {
    /// Learns from the value that the cursor stands before.
    pub fn learn(&mut self, cursor: &mut Cursor<'_>, path: &str, cx: &mut Context) -> Result<(), Fault> {
        let kind = cursor.peek()?;
        match kind {
            Kind::Null => {
                cursor.literal()?;
                return Ok(());
            }
            Kind::True | Kind::False => {
                cursor.literal()?;
                self.booleans += 1;
            }
            Kind::Number => self.numbers.get_or_insert_default().learn(cursor.number()?.text),
            Kind::String => {
                let text = cursor.string()?;
                self.strings.get_or_insert_default().learn(text.text(&mut cx.scratch)?);
            }
            Kind::Array => self.learn_array(cursor, path, cx)?,
            Kind::Object if cx.options.maps.contains(path) => self.learn_map(cursor, path, cx)?,
            Kind::Object => self.members.get_or_insert_default().learn(cursor, path, cx)?,
        }
        self.values += 1;
        Ok(())
    }

    fn learn_array(&mut self, cursor: &mut Cursor<'_>, path: &str, cx: &mut Context) -> Result<(), Fault> {
        let node = self.elements.get_or_insert_default();
        let inner = format!("{path}[*]");
        let mut more = cursor.enter_array()?;
        let mut index = 0;
        while more {
            node.learn(cursor, &inner, cx).map_err(|fault| fault.at_element(index))?;
            index += 1;
            more = cursor.next_element()?;
        }
        Ok(())
    }

    fn learn_map(&mut self, cursor: &mut Cursor<'_>, path: &str, cx: &mut Context) -> Result<(), Fault> {
        if !cx.met.contains(path) {
            cx.met.insert(path.to_owned());
        }
        let node = self.entries.get_or_insert_default();
        let inner = format!("{path}.*");
        let mut keys = HashSet::new();
        let mut next = cursor.enter_object()?;
        while let Some(key) = next {
            if !keys.insert(key.text(&mut cx.scratch)?.to_vec()) {
                return Err(Fault::plain("two values for one key"));
            }
            node.learn(cursor, &inner, cx).map_err(Fault::in_map)?;
            next = cursor.next_key()?;
        }
        Ok(())
    }

    /// The type that takes every value, and what there is to remark on it.
    pub fn kind(
        &self,
        path: &str,
        options: &Options,
        problems: &mut Vec<Problem>,
    ) -> (Type, Option<&'static str>) {
        if self.kinds().len() > 1 {
            problems.push(Problem {
                path: path.to_owned(),
                why: format!("{} in one field", self.kinds().join(" and ")),
            });
            return (Type::String, None);
        }
        if let Some(elements) = &self.elements {
            return elements.kind_of_array(path, options, problems);
        }
        if let Some(entries) = &self.entries {
            let (value, remark) = entries.kind(&format!("{path}.*"), options, problems);
            return (Type::Map(Box::new(Type::String), Box::new(value)), remark);
        }
        if let Some(members) = &self.members {
            return members.kind(options, problems);
        }
        match (&self.numbers, &self.strings) {
            _ if self.booleans > 0 => (Type::Boolean, None),
            (Some(numbers), None) => match numbers.kind() {
                Type::String => (Type::String, Some(LOSSY)),
                kind => (kind, None),
            },
            (None, Some(strings)) if !options.no_dates => (strings.kind(), None),
            (None, None) => (Type::String, Some(ALWAYS_NULL)),
            (Some(_), Some(_)) => (Type::String, Some(MIXED)),
            (None, Some(_)) => (Type::String, None),
        }
    }

    fn kind_of_array(
        &self,
        path: &str,
        options: &Options,
        problems: &mut Vec<Problem>,
    ) -> (Type, Option<&'static str>) {
        let (element, remark) = self.kind(&format!("{path}[*]"), options, problems);
        let remark = if self.values == 0 { Some("never with an element in the sample") } else { remark };
        (Type::Array(Box::new(element)), remark)
    }

    /// The kinds of value that no one column holds together; numbers and strings are one.
    fn kinds(&self) -> Vec<&'static str> {
        let text = match (&self.strings, &self.numbers) {
            (Some(_), _) => Some(article(Kind::String)),
            (None, Some(_)) => Some(article(Kind::Number)),
            (None, None) => None,
        };
        let object = self.members.is_some() || self.entries.is_some();
        let all = [
            object.then(|| article(Kind::Object)),
            self.elements.is_some().then(|| article(Kind::Array)),
            (self.booleans > 0).then(|| article(Kind::True)),
            text,
        ];
        all.into_iter().flatten().collect()
    }
}

impl Members {
    fn learn(&mut self, cursor: &mut Cursor<'_>, path: &str, cx: &mut Context) -> Result<(), Fault> {
        self.objects += 1;
        let mut expected = 0;
        let mut next = cursor.enter_object()?;
        while let Some(key) = next {
            let at = self.find(&key, expected, path, cx)?;
            let member = &mut self.names[at];
            if member.seen_in == self.objects {
                return Err(Fault::twice().under(&member.name));
            }
            member.seen_in = self.objects;
            let learned = member.node.learn(cursor, &member.path, cx);
            learned.map_err(|fault| fault.under(&member.name))?;
            expected = at + 1;
            next = cursor.next_key()?;
        }
        Ok(())
    }

    fn find(&mut self, key: &Key<'_>, expected: usize, path: &str, cx: &mut Context) -> Result<usize, Fault> {
        if self.names.get(expected).is_some_and(|member| key.is(&member.name)) {
            return Ok(expected);
        }
        let name = key.text(&mut cx.scratch)?;
        if let Some(&at) = self.by_name.get(name) {
            return Ok(at);
        }
        let text =
            std::str::from_utf8(name).map_err(|_| Fault::plain("a field name that is not UTF-8"))?.to_owned();
        cx.names += 1;
        if self.names.len() >= MAX_NAMES || cx.names > MAX_NAMES_IN_ALL {
            cx.too_wide = Some(path.to_owned());
        }
        Ok(self.add(text, path))
    }

    fn add(&mut self, name: String, parent: &str) -> usize {
        let mut path = parent.to_owned();
        push_member(&mut path, &name);
        self.by_name.insert(name.as_bytes().into(), self.names.len());
        self.names.push(Member { name, path, node: Node::default(), seen_in: 0 });
        self.names.len() - 1
    }

    fn kind(&self, options: &Options, problems: &mut Vec<Problem>) -> (Type, Option<&'static str>) {
        if self.names.is_empty() {
            // Parquet has no empty struct; an empty map holds the same.
            return (Type::Map(Box::new(Type::String), Box::new(Type::String)), Some(ALWAYS_EMPTY));
        }
        let mut lower: HashMap<String, &str> = HashMap::new();
        for member in &self.names {
            let why = match lower.insert(member.name.to_lowercase(), &member.name) {
                _ if member.name.is_empty() => "a field without a name cannot be a column".to_owned(),
                Some(other) => {
                    format!("differs only by case from '{other}', and Spark could not tell them apart")
                }
                None => continue,
            };
            problems.push(Problem { path: member.path.clone(), why });
        }
        let fields = self.names.iter().map(|member| self.field(member, options, problems));
        (Type::Struct(fields.collect()), None)
    }

    fn field(&self, member: &Member, options: &Options, problems: &mut Vec<Problem>) -> Field {
        let (kind, remark) = member.node.kind(&member.path, options, problems);
        let mut field = Field::new(&member.name, kind);
        field.comment = remark.map(str::to_owned);
        field.nullable = !(options.not_null && member.node.values == self.objects);
        field
    }
}
