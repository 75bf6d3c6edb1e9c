//! Several paths at once, compiled into a tree that is followed in one pass over a record.
//!
//! What [`Paths::find`] guarantees:
//! - The whole record is checked: on `Ok` it is one JSON object.
//! - **Every** value that a path leads to is found. A name may occur twice in an object, and a field
//!   that is to be pseudonymised must not leak through its twin.
//! - Names are compared by their text, however they are spelled: `"em\u0061il"` is `email`.
//! - Hits come in the order in which they stand in the record, and never overlap.

use super::cursor::Cursor;
use super::error::Error;
use super::path::{Path, Step};
use super::value::{Kind, Value};
use crate::run::exit;
use crate::stream::Record;

/// A value that a path led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Which path, counted from 0 in the order in which they were given.
    pub path: usize,
    /// What stands there.
    pub value: Value,
}

/// What was found in one record. Kept from record to record for its memory.
#[derive(Clone, Debug, Default)]
pub struct Found {
    hits: Vec<Hit>,
    missing: Vec<usize>,
    misfits: Vec<Misfit>,
}

/// A value that a path cannot go into: an array where it has a name, an object where it has an
/// index, a text where it has either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Which path.
    pub path: usize,
    /// How many of its steps led to the value.
    pub depth: usize,
    /// What stands there; never null, which is no value.
    pub kind: Kind,
}

impl Found {
    /// Every value found, in the order of the record.
    #[inline]
    pub fn hits(&self) -> &[Hit] {
        &self.hits
    }

    /// The first path that somewhere led to nothing: a name or an index that is not there, or null
    /// on the way. One element of `a[*].b` without `b` is enough; an array without elements is not.
    #[inline]
    pub fn missing(&self) -> Option<usize> {
        self.missing.iter().min().copied()
    }

    /// Every path that somewhere led to nothing, in no order, as often as it did.
    #[inline]
    pub fn all_missing(&self) -> &[usize] {
        &self.missing
    }

    /// The first path that met a value which it cannot go into.
    #[inline]
    pub fn misfit(&self) -> Option<Misfit> {
        self.misfits.iter().min_by_key(|misfit| misfit.path).copied()
    }

    #[inline]
    fn miss_unseen<K>(&mut self, children: &[Child<K>], seen: &Seen) {
        for (number, child) in children.iter().enumerate() {
            if !seen.contains(number) {
                self.missing.extend(&child.paths);
            }
        }
    }
}

/// Paths of which none is, or contains, another.
#[derive(Clone, Debug)]
pub struct Paths {
    paths: Vec<Path>,
    root: Node,
}

/// What to look for inside one value.
#[derive(Clone, Debug, Default)]
struct Node {
    /// The path that ends here. Such a node has nothing below it.
    leaf: Option<usize>,
    /// What to look for in an object.
    members: Vec<Child<String>>,
    /// What to look for in single elements of an array.
    elements: Vec<Child<usize>>,
    /// What to look for in all other elements.
    every_element: Option<Box<Node>>,
    /// The paths that come through here: missing if there is no way on.
    paths: Vec<usize>,
    /// How many steps lead here.
    depth: usize,
}

/// What to look for in one member or element.
#[derive(Clone, Debug)]
struct Child<K> {
    key: K,
    node: Node,
    /// The paths that name this very child: missing if it is.
    paths: Vec<usize>,
}

/// What is left of a path: its number and its further steps.
type Rest<'p> = (usize, &'p [Step]);

impl Paths {
    /// Compiles `paths`. Two that overlap are a usage error: their values could not both be replaced.
    pub fn new(paths: Vec<Path>) -> exit::Result<Self> {
        for (later, path) in paths.iter().enumerate() {
            if let Some(other) = paths[..later].iter().find(|other| other.overlaps(path)) {
                let message = format!("paths '{other}' and '{path}' overlap");
                return Err(exit::Error::usage(message).hint("name each field once"));
            }
        }
        let all: Vec<_> = paths.iter().map(Path::steps).enumerate().collect();
        let root = Node::compile(&all, 0);
        Ok(Self { paths, root })
    }

    /// Reads and compiles paths as users write them.
    pub fn parse<S: AsRef<str>>(written: &[S]) -> exit::Result<Self> {
        Self::new(written.iter().map(|path| Path::parse(path.as_ref())).collect::<exit::Result<_>>()?)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.paths.len()
    }

    /// The path that a [`Hit`] or [`Found::missing`] speaks of.
    pub fn path(&self, index: usize) -> &Path {
        &self.paths[index]
    }

    /// Finds every value that the paths lead to, and checks the whole record.
    pub fn find(&self, record: &Record<'_>, found: &mut Found) -> Result<(), Error> {
        self.find_from(Cursor::new(record), found)
    }

    /// [`Self::find`] in bytes that are no [`Record`].
    pub fn find_in(&self, text: &[u8], found: &mut Found) -> Result<(), Error> {
        self.find_from(Cursor::bytes(text), found)
    }

    fn find_from(&self, mut cursor: Cursor<'_>, found: &mut Found) -> Result<(), Error> {
        found.hits.clear();
        found.missing.clear();
        found.misfits.clear();
        self.root.walk_object(&mut cursor, found)?;
        cursor.finish()
    }
}

impl Node {
    /// Makes the tree of what is left of the paths behind `depth` steps.
    fn compile(paths: &[Rest<'_>], depth: usize) -> Self {
        let mut node = Node { paths: numbers(paths), depth, ..Node::default() };
        for (number, steps) in paths {
            match steps.first() {
                None => node.leaf = Some(*number),
                Some(first) => node.add(first, paths),
            }
        }
        node
    }

    /// Adds the children that `step` leads to, unless another path has brought them along.
    fn add(&mut self, step: &Step, paths: &[Rest<'_>]) {
        let depth = self.depth + 1;
        if let Some(name) = step.name()
            && !self.members.iter().any(|child| child.key == name)
        {
            let rest = below(paths, |step| step.name() == Some(name));
            let node = Node::compile(&rest, depth);
            self.members.push(Child { key: name.to_owned(), node, paths: numbers(&rest) });
        }
        if let Some(index) = step.index()
            && !self.elements.iter().any(|child| child.key == index)
        {
            let named = below(paths, |step| step.index() == Some(index));
            // A wildcard leads to this element too, but does not miss it.
            let all = below(paths, |step| *step == Step::EveryElement || step.index() == Some(index));
            self.elements.push(Child {
                key: index,
                node: Node::compile(&all, depth),
                paths: numbers(&named),
            });
        }
        if *step == Step::EveryElement && self.every_element.is_none() {
            let rest = below(paths, |step| *step == Step::EveryElement);
            self.every_element = Some(Box::new(Node::compile(&rest, depth)));
        }
    }

    /// Looks at the value that comes next.
    fn walk(&self, cursor: &mut Cursor<'_>, found: &mut Found) -> Result<(), Error> {
        if let Some(path) = self.leaf {
            let value = cursor.value()?;
            found.hits.push(Hit { path, value });
            return Ok(());
        }
        match cursor.peek()? {
            Kind::Object if !self.members.is_empty() => self.walk_object(cursor, found),
            Kind::Array if !self.elements.is_empty() || self.every_element.is_some() => {
                self.walk_array(cursor, found)
            }
            kind => {
                self.no_way_on(kind, found);
                cursor.skip_value().map(drop)
            }
        }
    }

    /// The value here is nothing that the paths can go into.
    #[cold]
    fn no_way_on(&self, kind: Kind, found: &mut Found) {
        match kind {
            Kind::Null => found.missing.extend(&self.paths),
            _ => {
                let misfit = |&path| Misfit { path, depth: self.depth, kind };
                found.misfits.extend(self.paths.iter().map(misfit));
            }
        }
    }

    fn walk_object(&self, cursor: &mut Cursor<'_>, found: &mut Found) -> Result<(), Error> {
        let mut seen = Seen::default();
        let mut next = cursor.enter_object()?;
        while let Some(key) = next {
            match self.members.iter().position(|child| key.is(&child.key)) {
                Some(member) => {
                    seen.insert(member);
                    self.members[member].node.walk(cursor, found)?;
                }
                None => drop(cursor.skip_value()?),
            }
            next = cursor.next_key()?;
        }
        found.miss_unseen(&self.members, &seen);
        Ok(())
    }

    fn walk_array(&self, cursor: &mut Cursor<'_>, found: &mut Found) -> Result<(), Error> {
        let mut seen = Seen::default();
        let mut index = 0;
        let mut more = cursor.enter_array()?;
        while more {
            if let Some(element) = self.elements.iter().position(|child| child.key == index) {
                seen.insert(element);
                self.elements[element].node.walk(cursor, found)?;
            } else if let Some(node) = &self.every_element {
                node.walk(cursor, found)?;
            } else {
                cursor.skip_value()?;
            }
            index += 1;
            more = cursor.next_element()?;
        }
        found.miss_unseen(&self.elements, &seen);
        Ok(())
    }
}

/// What is left of those paths whose first step `leads` somewhere.
fn below<'p>(paths: &[Rest<'p>], leads: impl Fn(&Step) -> bool) -> Vec<Rest<'p>> {
    let rest = paths.iter().filter_map(|(number, steps)| Some((*number, steps.split_first()?)));
    rest.filter(|(_, (first, _))| leads(first)).map(|(number, (_, below))| (number, below)).collect()
}

fn numbers(paths: &[Rest<'_>]) -> Vec<usize> {
    paths.iter().map(|(number, _)| *number).collect()
}

/// Which children were seen: 64 in a register, the rest (rare) in a vector.
#[derive(Default)]
struct Seen {
    first: u64,
    rest: Vec<usize>,
}

impl Seen {
    #[inline]
    fn insert(&mut self, child: usize) {
        match child {
            0..64 => self.first |= 1 << child,
            _ => self.rest.push(child),
        }
    }

    #[inline]
    fn contains(&self, child: usize) -> bool {
        match child {
            0..64 => self.first >> child & 1 == 1,
            _ => self.rest.contains(&child),
        }
    }
}

#[cfg(test)]
mod tests;
