//! From `--all`, `--keep`, `--drop`, the exploded array and the new fields to what becomes of each part of
//! a record: a tree of [`Shape`]s, or one error that says what contradicts what.

use super::base::{Base, Fate, Shape};
use super::plan::Optional;
use super::row::Explode;
use super::target::{Target, What};
use crate::json::{Path, Step};
use crate::run::exit::{Error, Result};

/// What stays and what is added, checked against each other.
pub(super) fn base(
    targets: Vec<Target>,
    keep: &[Optional],
    drop: &[Optional],
    explode: Option<&Explode>,
) -> Result<Base> {
    let keeps_rest = keep.is_empty();
    let mut root = Shape::new(keeps_rest, "");
    let mut element = None;
    for (number, (path, _)) in drop.iter().enumerate() {
        let (shape, steps) = inside(path, explode, keeps_rest, &mut root, &mut element);
        plant(shape, steps, path, &Fate::Goes(Some(number)), None)?;
    }
    for (path, optional) in keep {
        let (shape, steps) = inside(path, explode, keeps_rest, &mut root, &mut element);
        let required = (!optional).then(|| path.to_string());
        if !steps.is_empty() {
            plant(shape, steps, path, &Fate::Stays, required)?;
        }
    }
    if let Some(explode) = explode {
        let wanted = keeps_rest || keep.iter().any(|(path, _)| path.overlaps(&explode.path));
        plant_element(&mut root, explode.path.steps(), wanted, &explode.path)?;
        refuse_fields_of_elements(&targets, explode.path.steps(), &explode.path)?;
    }
    refuse_kept_twice(&targets, &root, keeps_rest)?;
    let mut adds = Vec::new();
    root.add(targets, &mut adds);
    Ok(Base::new(root, element, adds, drop.len()))
}

/// The shape that a path changes: of the record, or of each element; and what of the path is left there.
fn inside<'s>(
    path: &'s Path,
    explode: Option<&Explode>,
    keeps_rest: bool,
    root: &'s mut Shape,
    element: &'s mut Option<Shape>,
) -> (&'s mut Shape, &'s [Step]) {
    let steps = path.steps();
    let rest = explode.and_then(|explode| steps.strip_prefix(explode.path.steps()));
    match rest {
        // The array itself: what stands in its place is the element.
        Some([]) if keeps_rest => (root, steps),
        Some([]) => (root, &[]),
        Some(rest) => (element.get_or_insert_with(|| Shape::new(keeps_rest, &path.to_string())), rest),
        None => (root, steps),
    }
}

/// Says what becomes of the member that `steps` lead to.
fn plant(
    shape: &mut Shape,
    steps: &[Step],
    path: &Path,
    fate: &Fate,
    required: Option<String>,
) -> Result<()> {
    let Some((first, rest)) = steps.split_first() else { return Ok(()) };
    let keeps_rest = shape.keeps_rest;
    if *first == Step::EveryElement && !rest.is_empty() {
        let every = shape.every.get_or_insert_with(|| Box::new(Shape::new(keeps_rest, &path.to_string())));
        return plant(every, rest, path, fate, None);
    }
    let Some(name) = first.name() else {
        return Err(Error::usage(format!("path '{path}': elements of arrays stay where they are"))
            .hint("a field of each element: data[*].s"));
    };
    if rest.is_empty() {
        let member = shape.member(name, || fate.clone());
        member.required = required;
        return Ok(());
    }
    let member = shape.member(name, || Fate::Changes(Shape::new(keeps_rest, &path.to_string())));
    if member.required.is_none() {
        member.required.clone_from(&required);
    }
    match &mut member.fate {
        Fate::Changes(inner) => plant(inner, rest, path, fate, required),
        _ => Ok(()),
    }
}

/// Puts the element into the place of its array, where that stays.
fn plant_element(shape: &mut Shape, steps: &[Step], wanted: bool, path: &Path) -> Result<()> {
    let Some((name, rest)) = steps.split_first().and_then(|(first, rest)| Some((first.name()?, rest))) else {
        return Ok(());
    };
    if !wanted {
        return Ok(());
    }
    let keeps_rest = shape.keeps_rest;
    if rest.is_empty() {
        let member = shape.member(name, || Fate::Exploded);
        if matches!(member.fate, Fate::Stays) {
            member.fate = Fate::Exploded;
        }
        return Ok(());
    }
    let member = shape.member(name, || Fate::Changes(Shape::new(keeps_rest, &path.to_string())));
    if matches!(member.fate, Fate::Stays) {
        member.fate = Fate::Changes(Shape::new(true, &path.to_string()));
    }
    match &mut member.fate {
        Fate::Changes(inner) => plant_element(inner, rest, wanted, path),
        _ => Ok(()),
    }
}

/// New fields in the exploded element would stand in two places.
fn refuse_fields_of_elements(targets: &[Target], steps: &[Step], path: &Path) -> Result<()> {
    let Some((first, rest)) = steps.split_first() else { return Ok(()) };
    let below = targets.iter().find(|target| Some(target.name.as_str()) == first.name());
    match below.map(|target| &target.what) {
        Some(What::Object(_)) if rest.is_empty() => {
            Err(Error::usage(format!("a new field would stand inside of the exploded '{path}'"))
                .hint("a name of its own beside it"))
        }
        Some(What::Object(inner)) => refuse_fields_of_elements(inner, rest, path),
        _ => Ok(()),
    }
}

/// A field cannot be kept and be a new one.
fn refuse_kept_twice(targets: &[Target], shape: &Shape, keeps_rest: bool) -> Result<()> {
    if keeps_rest {
        return Ok(());
    }
    for target in targets {
        let member = shape.members.iter().find(|member| member.name == target.name);
        match (member.map(|member| &member.fate), &target.what) {
            (Some(Fate::Changes(inner)), What::Object(fields)) => {
                refuse_kept_twice(fields, inner, keeps_rest)?
            }
            (Some(Fate::Stays | Fate::Changes(_)), What::Field(_)) => {
                return Err(Error::usage(format!("field '{}' is kept, and mapped, too", target.name))
                    .hint("keep it, or map it"));
            }
            _ => {}
        }
    }
    Ok(())
}

impl Shape {
    /// Plants new fields: into objects that stay, or beside them. `adds` gets them all.
    pub fn add(&mut self, fields: Vec<Target>, adds: &mut Vec<Target>) {
        for field in fields {
            let member = self.make_way(&field, adds);
            adds.push(field);
            self.adds.push((adds.len() - 1, member));
        }
    }

    /// Lets the old field of that name go, or takes the new ones into it.
    fn make_way(&mut self, field: &Target, adds: &mut Vec<Target>) -> Option<usize> {
        let keeps_rest = self.keeps_rest;
        let known = self.members.iter().position(|member| member.name == field.name);
        let inner = match (&field.what, known) {
            (What::Field(_), _) => {
                let member = self.member(&field.name, || Fate::Goes(None));
                (member.fate, member.required) = (Fate::Goes(None), None);
                return None;
            }
            (What::Object(_), None) if !keeps_rest => return None,
            (What::Object(inner), _) => inner.clone(),
        };
        let path =
            if self.path.is_empty() { field.name.clone() } else { format!("{}.{}", self.path, field.name) };
        let member = self.member(&field.name, || Fate::Stays);
        match &mut member.fate {
            Fate::Stays => {
                let mut shape = Shape::new(true, &path);
                shape.add(inner, adds);
                member.fate = Fate::Changes(shape);
            }
            Fate::Changes(shape) => shape.add(inner, adds),
            Fate::Goes(_) | Fate::Exploded => return None,
        }
        self.members.iter().position(|member| member.name == field.name)
    }
}
