//! Which topic a record goes to: one for all, or the one that a field of it names.

use std::collections::HashMap;

use super::options::Settings;
use super::outlet::Outlet;
use super::producer::Producer;
use super::topic;
use crate::json::{Getter, Kind, Path};
use crate::run::exit::{Error, Result};
use crate::stream::{Record, Reject, Trouble};

/// So many names that are no topic are remembered. More of them, and the field is not what it was taken for.
const STRANGERS: usize = 1000;

/// What the user says of it.
#[derive(Clone, Debug)]
pub enum Destination {
    /// This topic.
    Topic(String),
    /// The topic that the field at this path names.
    Field(Path),
}

/// The way from records to the outlets of a producer.
pub enum Route {
    /// All to the first one.
    One,
    /// Each to its own.
    Field(Box<Field>),
}

/// A field that names topics.
pub struct Field {
    getter: Getter,
    /// By the names that were met: their outlets, or that there is no such topic.
    known: HashMap<Vec<u8>, Option<usize>>,
    strangers: usize,
    name: Vec<u8>,
    must: Must,
}

/// What must hold of every topic that records go to.
#[derive(Clone, Debug, Default)]
pub struct Must {
    /// It has this partition.
    pub have: Option<i32>,
    /// It is not this one, which the records come from.
    pub differ_from: Option<String>,
}

impl Must {
    fn check(&self, outlet: &Outlet) -> Result<()> {
        let topic = outlet.topic();
        if self.differ_from.as_deref() == Some(&*topic.name) {
            return Err(Error::usage(format!(
                "topic {} is where the records come from: they would come round for ever",
                topic.name
            )));
        }
        match self.have {
            Some(partition) if !outlet.has(partition) => Err(topic::unknown_partition(topic, partition)),
            _ => Ok(()),
        }
    }
}

impl Route {
    /// Connects a producer, and looks up the topic if there is one for all.
    pub fn open(
        settings: &Settings,
        to: Destination,
        must: Must,
        transactional_id: Option<&str>,
    ) -> Result<(Self, Producer)> {
        match to {
            Destination::Topic(name) => {
                let producer = Producer::open_for(settings, &name, transactional_id)?;
                must.check(&producer.outlets()[0])?;
                Ok((Self::One, producer))
            }
            Destination::Field(path) => {
                let (getter, known) = (Getter::new(path)?, HashMap::new());
                let field = Field { getter, known, strangers: 0, name: Vec::new(), must };
                Ok((Self::Field(Box::new(field)), Producer::open(settings, transactional_id)?))
            }
        }
    }

    /// The outlet of a record. By a field, the record is checked to be one JSON object on the way.
    #[inline]
    pub fn outlet(&mut self, record: &Record<'_>, producer: &mut Producer) -> Result<usize, Trouble> {
        match self {
            Self::One => Ok(0),
            Self::Field(field) => field.outlet(record, producer),
        }
    }

    /// Whether [`Self::outlet`] has checked the record.
    pub fn checks(&self) -> bool {
        matches!(self, Self::Field(_))
    }
}

impl Field {
    fn outlet(&mut self, record: &Record<'_>, producer: &mut Producer) -> Result<usize, Trouble> {
        let found = self.getter.get(record).map_err(Reject::from)?;
        match found {
            Some(value) if value.kind == Kind::String => {
                self.name.clear();
                value.as_str(record.bytes()).unescape_into(&mut self.name).map_err(Reject::from)?;
            }
            Some(value) if value.kind != Kind::Null => {
                return Err(self.reject("a topic's name is a string").into());
            }
            _ => return Err(self.reject("missing, and it names the topic").into()),
        }
        let known = match self.known.get(&self.name) {
            Some(known) => *known,
            None => self.look_up(producer)?,
        };
        Ok(known.ok_or_else(|| self.reject("there is no topic of this name"))?)
    }

    #[cold]
    fn look_up(&mut self, producer: &mut Producer) -> Result<Option<usize>> {
        let name = std::str::from_utf8(&self.name).ok().filter(|name| topic::check_name(name).is_ok());
        let found = name.map_or(Ok(None), |name| producer.add(name))?;
        match found {
            Some(at) => self.must.check(&producer.outlets()[at])?,
            None => self.strangers += 1,
        }
        if self.strangers > STRANGERS {
            return Err(Error::data(format!(
                "{}: {STRANGERS} different values of it name no topic",
                self.getter.path()
            ))
            .hint("--topic-from PATH of the field that holds the topic's name"));
        }
        self.known.insert(self.name.clone(), found);
        Ok(found)
    }

    fn reject(&self, reason: &'static str) -> Reject {
        Reject::at(self.getter.path().to_string(), reason)
    }
}
