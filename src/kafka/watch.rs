//! Whether topics are still those that reading began with.
//!
//! A topic that was deleted says nothing any more, and one that was made again under the same name
//! begins at offset 0: a reader that follows it would wait for ever, or miss what comes before the
//! offset at which it stands. The id of a topic tells the two apart, so it is asked for every few
//! seconds, and when there is trouble. Clusters that give topics no ids are not watched.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::RDKafkaErrorCode;

use super::native::identity::topic_id;
use super::topic::Topic;
use crate::run::exit::{Error, Result};

/// How often it is asked.
const EVERY: Duration = Duration::from_secs(5);
/// How soon it is asked again about a topic that seems to be gone.
const SOON: Duration = Duration::from_secs(1);
/// How often in a row a topic must be unknown to be gone: a broker that has just come up may not know
/// its topics yet.
const MISSES: u32 = 3;
/// How long an answer may take: within it no signal is noticed.
const WAIT: Duration = Duration::from_secs(1);

/// Topics by name and id.
pub struct Watch {
    topics: Vec<(Arc<str>, String)>,
    next: Instant,
    misses: u32,
}

/// What has become of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Same,
    Gone,
    Another,
    /// Nobody has answered.
    Unknown,
}

impl Watch {
    /// Asks for the ids.
    pub fn begin<C: ClientContext>(client: &Client<C>, topics: &[Topic], wait: Duration) -> Self {
        let id = |topic: &Topic| Some((topic.name.clone(), topic_id(client, &topic.name, wait).ok()?));
        Self { topics: topics.iter().filter_map(id).collect(), next: Instant::now() + EVERY, misses: 0 }
    }

    /// Asks again where it is time to; fails if a topic is not the same any more.
    pub fn look<C: ClientContext>(&mut self, client: &Client<C>) -> Result<()> {
        if self.topics.is_empty() || Instant::now() < self.next {
            return Ok(());
        }
        let found = self.find(client);
        self.next = Instant::now() + if found.is_some() { SOON } else { EVERY };
        match found {
            None => self.misses = 0,
            Some((name, Fate::Gone)) => {
                self.misses += 1;
                if self.misses >= MISSES {
                    return Err(changed(&name, Fate::Gone));
                }
            }
            Some((name, fate)) => return Err(changed(&name, fate)),
        }
        Ok(())
    }

    /// The cause behind `error`, where that is that a topic is not the same any more.
    pub fn explain<C: ClientContext>(&self, client: &Client<C>, error: Error) -> Error {
        self.find(client).map_or(error, |(name, fate)| changed(&name, fate))
    }

    /// The first topic that has changed, as far as it can be told.
    fn find<C: ClientContext>(&self, client: &Client<C>) -> Option<(Arc<str>, Fate)> {
        let fate = |(name, id): &(Arc<str>, String)| {
            let answer = topic_id(client, name, WAIT).map_err(|refusal| refusal.code);
            (name.clone(), fate(id, answer))
        };
        self.topics.iter().map(fate).find(|(_, fate)| matches!(fate, Fate::Gone | Fate::Another))
    }
}

fn fate(id: &str, answer: Result<String, RDKafkaErrorCode>) -> Fate {
    match answer {
        Ok(now) if now == id => Fate::Same,
        Ok(_) => Fate::Another,
        Err(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => Fate::Gone,
        Err(_) => Fate::Unknown,
    }
}

fn changed(name: &str, fate: Fate) -> Error {
    match fate {
        Fate::Another => Error::data(format!("topic {name} was deleted and made again meanwhile"))
            .hint(format!("kafka-consume {name}, to read the new one from its beginning")),
        _ => Error::data(format!("topic {name} was deleted meanwhile")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_tells_what_has_become_of_a_topic() {
        assert_eq!(fate("a", Ok("a".into())), Fate::Same);
        assert_eq!(fate("a", Ok("b".into())), Fate::Another);
        assert_eq!(fate("a", Err(RDKafkaErrorCode::UnknownTopicOrPartition)), Fate::Gone);
        assert_eq!(fate("a", Err(RDKafkaErrorCode::OperationTimedOut)), Fate::Unknown);
    }
}
