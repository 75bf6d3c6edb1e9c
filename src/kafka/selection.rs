//! Which topics are meant: by their names, and by patterns that are said to be some.

use std::str::FromStr;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use regex_lite::Regex;

use super::rights::Operation;
use super::topic::{self, Topic};
use crate::run::exit::{Error, Result};

/// What the user says.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Topics by their names.
    pub names: Vec<String>,
    /// Topics by patterns of their whole names.
    pub patterns: Vec<Pattern>,
}

/// A regular expression that a whole name must match.
#[derive(Clone, Debug)]
pub struct Pattern {
    written: String,
    whole: Regex,
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, String> {
        let whole = Regex::new(&format!("^(?:{written})$")).map_err(|cause| cause.to_string())?;
        Ok(Self { written: written.to_owned(), whole })
    }
}

impl Pattern {
    /// Whether it means this topic. Those of Kafka itself, such as `__consumer_offsets`, it never does.
    fn is(&self, name: &str) -> bool {
        !name.starts_with("__") && self.whole.is_match(name)
    }
}

impl Selection {
    /// The topics that are meant, as they are now, each once. One that is named must be there, and a
    /// pattern must match one.
    pub fn find<C: ClientContext>(&self, client: &Client<C>, wait: Duration) -> Result<Vec<Topic>> {
        let mut topics: Vec<Topic> = Vec::new();
        for name in &self.names {
            add(&mut topics, topic::find(client, name, Operation::Read, wait)?);
        }
        if self.patterns.is_empty() {
            return Ok(topics);
        }
        let all = topic::all(client, wait)?;
        for pattern in &self.patterns {
            let found: Vec<&Topic> = all.iter().filter(|topic| pattern.is(&topic.name)).collect();
            if found.is_empty() {
                return Err(Error::usage(format!("no topic matches {}", pattern.written))
                    .hint("topic-admin list; a pattern is a regular expression for the whole name"));
            }
            found.into_iter().for_each(|topic| add(&mut topics, topic.clone()));
        }
        Ok(topics)
    }
}

fn add(topics: &mut Vec<Topic>, topic: Topic) {
    if topics.iter().all(|known| known.name != topic.name) {
        topics.push(topic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_for_the_whole_name_and_never_for_topics_of_kafka_itself() {
        let pattern: Pattern = "users|trades-.*".parse().unwrap();
        assert!(pattern.is("users") && pattern.is("trades-") && pattern.is("trades-eu"));
        assert!(!pattern.is("all_users") && !pattern.is("users2") && !pattern.is("xtrades-eu"));
        assert!(!".*".parse::<Pattern>().unwrap().is("__consumer_offsets"));
        assert!("users(".parse::<Pattern>().is_err());
    }
}
