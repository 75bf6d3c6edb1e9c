//! From what the user wrote to a checked [`Mapper`].

use std::path::PathBuf;

use super::cell::Constant;
use super::filter::{Asked as AskedPlace, Expr, Filter};
use super::layout;
use super::mapper::{Asked, Mapper, Output, Work};
use super::row::{Explode, Spot, Wish};
use super::source::{About, Reference, Source, outside_quotes};
use super::spec::{self, Spec};
use super::tally::{Count, Seen, Tally};
use super::target::{Mapping, Piece, Rule, Target};
use super::template;
use super::wanted::{Found, Place as Slot, Wanted};
use crate::json::{Path, Step};
use crate::run::exit::{Error, Result};

/// Where the words `@topic` and `@partition` come from.
#[derive(Clone, Debug, Default)]
pub enum Place {
    /// From nowhere: they are a mistake.
    #[default]
    Unknown,
    /// Lines are envelopes, and records their values.
    Envelope,
    /// All records are of this partition.
    Batch {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
    },
}

/// What the user wrote.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Mappings.
    pub mappings: Vec<String>,
    /// Files of mappings, which stand before the others.
    pub files: Vec<PathBuf>,
    /// Start from the whole old record.
    pub all: bool,
    /// Start from these fields of it; each a list of paths.
    pub keep: Vec<String>,
    /// Start from it without these fields.
    pub drop: Vec<String>,
    /// One new record for each element of this array.
    pub explode: Option<String>,
    /// Which records are wanted.
    pub filter: Option<String>,
    /// Where a record came from.
    pub place: Place,
}

/// A path, and whether it may lead to nothing.
pub(super) type Optional = (Path, bool);

impl Mapper {
    /// Checks everything before the first record is read.
    pub fn new(options: &Options) -> Result<Self> {
        let specs = specs(options)?;
        let (keep, drop) = (paths(&options.keep)?, paths(&options.drop)?);
        let explode = options.explode.as_deref().map(explode).transpose()?;
        let prefix = match options.place {
            Place::Envelope => vec![Step::Member("value".to_owned())],
            _ => Vec::new(),
        };
        let array = explode.as_ref().map(|explode| [&prefix, explode.path.steps()].concat());
        let mut planner = Planner {
            wanted: Wanted::new(array),
            prefix,
            place: &options.place,
            explodes: explode.is_some(),
            index: false,
        };
        let envelope = matches!(options.place, Place::Envelope).then(|| planner.record_slot());
        let filter = options.filter.as_deref().map(Expr::parse).transpose()?;
        let mut asked = Vec::new();
        let filter = filter.map(|expr| expr.map(&mut |place| planner.ask(place, &mut asked))).transpose()?;
        let mut targets = Vec::new();
        for (number, spec) in specs.iter().enumerate() {
            Target::plant(&mut targets, &spec.names, number, &spec.target.to_string())?;
        }
        let mappings = specs.into_iter().map(|spec| planner.mapping(spec)).collect::<Result<Vec<_>>>()?;
        let drops = drop.iter().map(|(path, optional)| (path.to_string(), *optional)).collect();
        let output = output(options, targets, &keep, &drop, explode.as_ref())?;
        if matches!(output, Output::Base(_)) && explode.is_some() {
            planner.want_elements(explode.as_ref());
        }
        let work = Work {
            output,
            counts: vec![Count::default(); mappings.len()],
            mappings,
            filter: filter.map(Filter::new),
            asked,
            envelope,
            drops,
            tally: Tally::default(),
            scratch: Vec::new(),
        };
        let Planner { wanted, index, .. } = planner;
        Ok(Self { wanted, found: Found::default(), explode, indices: index.then(Vec::new), work })
    }
}

/// All mappings, those of files first.
fn specs(options: &Options) -> Result<Vec<Spec>> {
    let mut specs = Vec::new();
    for file in &options.files {
        specs.extend(Spec::read(file)?);
    }
    for mapping in &options.mappings {
        specs.push(Spec::parse(mapping)?);
    }
    Ok(specs)
}

/// `a,b.c?`
fn paths(lists: &[String]) -> Result<Vec<Optional>> {
    let mut paths: Vec<Optional> = Vec::new();
    for list in lists {
        let mut start = 0;
        let commas = outside_quotes(list).filter(|at| list[*at..].starts_with(','));
        for end in commas.chain([list.len()]).collect::<Vec<_>>() {
            let (path, optional) = optional(list[start..end].trim());
            paths.push((Path::parse(path)?, optional));
            start = end + 1;
        }
    }
    for (later, (path, _)) in paths.iter().enumerate() {
        if let Some((other, _)) = paths[..later].iter().find(|(other, _)| other.overlaps(path)) {
            return Err(
                Error::usage(format!("paths '{other}' and '{path}' overlap")).hint("name each field once")
            );
        }
    }
    Ok(paths)
}

fn optional(written: &str) -> (&str, bool) {
    written.strip_suffix('?').map_or((written, false), |path| (path, true))
}

fn explode(written: &str) -> Result<Explode> {
    let (text, optional) = optional(written);
    let path = Path::parse(text)?;
    if !path.steps().iter().all(|step| step.name().is_some()) {
        return Err(Error::usage(format!("--explode {text}: the path of an array is names alone"))
            .hint(format!("--explode {}", text.split('[').next().unwrap_or_default())));
    }
    Ok(Explode { path, optional })
}

/// Where something that is known of a record stands.
enum Whereabouts {
    /// In the line, at these steps.
    Line(Vec<Step>),
    Elsewhere(Spot),
}

/// Wants values, and knows where they will be.
struct Planner<'o> {
    wanted: Wanted,
    /// What leads to the record in its line.
    prefix: Vec<Step>,
    place: &'o Place,
    explodes: bool,
    /// Whether anybody asks for `@index`.
    index: bool,
}

impl Planner<'_> {
    /// The slot of the record itself.
    fn record_slot(&mut self) -> usize {
        match self.wanted.want(&self.prefix.clone()) {
            Slot::Record(slot) | Slot::Element(slot) => slot,
        }
    }

    /// Elements are wanted whole.
    fn want_elements(&mut self, explode: Option<&Explode>) {
        if let Some(explode) = explode {
            let steps = [&self.prefix, explode.path.steps()].concat();
            self.wanted.want_whole_elements(&steps);
        }
    }

    fn spot(&mut self, place: &Reference) -> Result<Spot> {
        let steps = match place {
            Reference::Field(path) => [&self.prefix, path.steps()].concat(),
            Reference::About(about) => match self.about(*about, place)? {
                Whereabouts::Line(steps) => steps,
                Whereabouts::Elsewhere(spot) => return Ok(spot),
            },
        };
        Ok(match self.wanted.want(&steps) {
            Slot::Record(slot) => Spot::Record(slot),
            Slot::Element(slot) => Spot::Element(slot),
        })
    }

    /// Where what is known of a record stands: in the line, or nowhere in it.
    fn about(&mut self, about: About, place: &Reference) -> Result<Whereabouts> {
        let usage = |message: String, hint: &str| Err(Error::usage(message).hint(hint));
        match (about, self.place) {
            (About::Record, _) => Ok(Whereabouts::Line(self.prefix.clone())),
            (About::Index, _) if self.explodes => {
                self.index = true;
                Ok(Whereabouts::Elsewhere(Spot::Index))
            }
            (About::Index, _) => usage("@index is the place of an element".into(), "--explode data"),
            (About::Envelope(name), Place::Envelope) => {
                Ok(Whereabouts::Line(vec![Step::Member(name.to_owned())]))
            }
            (About::Envelope("topic"), Place::Batch { topic, .. }) => {
                Ok(Whereabouts::Elsewhere(Spot::Constant(Constant::string(topic))))
            }
            (About::Envelope("partition"), Place::Batch { partition, .. }) => {
                Ok(Whereabouts::Elsewhere(Spot::Constant(Constant::signed((*partition).into()))))
            }
            (About::Envelope(_), Place::Batch { .. }) => usage(
                format!("{place}: of a batch, @topic and @partition alone are known"),
                "kafka-consume --group GROUP --envelope ... -- sh -c 'map-fields --envelope ...'",
            ),
            (About::Envelope(_), _) => usage(
                format!("{place} is known where records come in envelopes"),
                "kafka-consume TOPIC --envelope ... | map-fields --envelope ...",
            ),
        }
    }

    fn wish(&mut self, source: Source) -> Result<Wish> {
        let spot = self.spot(&source.place)?;
        Ok(Wish { spot, place: source.place, default: source.default, seen: Seen::default() })
    }

    /// A place of `--where`, by its number.
    fn ask(&mut self, asked: AskedPlace, all: &mut Vec<Asked>) -> Result<usize> {
        let wish = self.wish(Source { place: asked.place, default: None })?;
        all.push(Asked { wish, optional: asked.optional });
        Ok(all.len() - 1)
    }

    fn mapping(&mut self, spec: Spec) -> Result<Mapping> {
        let rule = match spec.rule {
            spec::Rule::Literal(constant) => Rule::Literal(constant),
            spec::Rule::Value(source, convert) => Rule::Value(self.wish(source)?, convert),
            spec::Rule::Template(pieces) => Rule::Template(
                pieces
                    .into_iter()
                    .map(|piece| match piece {
                        template::Piece::Text(text) => Ok(Piece::Text(text)),
                        template::Piece::Value(source) => self.wish(source).map(Piece::Value),
                    })
                    .collect::<Result<_>>()?,
            ),
        };
        Ok(Mapping { target: spec.target.to_string(), optional: spec.optional, rule })
    }
}

/// What is written, and from what.
fn output(
    options: &Options,
    targets: Vec<Target>,
    keep: &[Optional],
    drop: &[Optional],
    explode: Option<&Explode>,
) -> Result<Output> {
    let bases = [options.all, !keep.is_empty(), !drop.is_empty()];
    if bases.into_iter().filter(|base| *base).count() > 1 {
        return Err(Error::usage("--all, --keep and --drop say three ways to start from the old record")
            .hint("one of them; --drop starts from all the others"));
    }
    let started = bases.contains(&true);
    match (started, targets.is_empty()) {
        (false, false) => Ok(Output::New(targets)),
        // Nothing is asked for but which records.
        (_, true) if keep.is_empty() && drop.is_empty() && explode.is_none() && whole(options) => {
            Ok(Output::Whole)
        }
        (false, true) if options.filter.is_none() && explode.is_none() => {
            Err(Error::usage("nothing is mapped")
                .hint("map-fields city=location.city, or --all, --keep, --drop, --where"))
        }
        _ => layout::base(targets, keep, drop, explode).map(|base| Output::Base(Box::new(base))),
    }
}

/// Whether lines go out as they come in, if they do.
fn whole(options: &Options) -> bool {
    !matches!(options.place, Place::Envelope) && (options.all || options.filter.is_some())
}
