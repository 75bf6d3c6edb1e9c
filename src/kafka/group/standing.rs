//! Where the group stands in a worker's partition: read at the start and after each failure, and looked
//! at once more where a command says that it has committed.

use std::collections::BTreeMap;
use std::time::Duration;

use super::member::{self, Stands};
use super::worker::{Failure, Worker};
use crate::batch::machine::{Commits, Event};
use crate::batch::mandate;
use crate::batch::place::{self, Committed, Mark, Place};
use crate::kafka::native::offsets::Which;
use crate::kafka::rights::Operation;
use crate::kafka::{topic, transaction};
use crate::run::exit::{Error, Exit, Result};
use crate::run::fault;

/// How long a transaction is waited for that is about to commit.
const UNSETTLED: Duration = Duration::from_secs(2);

impl Worker {
    /// Where the group stands.
    pub(super) fn read(&mut self) -> Result<Event, Failure> {
        fault::point("read.before");
        let (member, topic) = (&self.job.member, self.topic());
        let found = topic::find(member.client(), &topic.name, Operation::Read, member.patience())?;
        let partitions: Vec<i32> = found.partitions.iter().map(|partition| partition.id).collect();
        let own = self.committed()?;
        let mut commits = self.of_all(&topic.name, &partitions)?;
        commits.extend(own.clone().map(|committed| (self.partition, committed)));
        let mark = |partition| Mark::parse(&commits.get(partition)?.metadata).ok().flatten();
        let marks: Vec<Option<Mark>> = partitions
            .iter()
            .map(|partition| mark(partition).filter(|mark: &Mark| mark.topic_id == topic.id))
            .collect();
        let known = marks.iter().flatten().map(|mark| mark.known).max();
        let place = self.judge(own.as_ref(), known)?;
        let all = marks.iter().all(Option::is_some).then_some(partitions.len() as i32);
        self.known = all.or(known).unwrap_or(0);
        self.plan.clone_from(&place.plan);
        let event = Event::place(&place);
        self.place = place;
        fault::point("read.after");
        Ok(event)
    }

    /// What is committed in all partitions. Where commands commit, there is always one that is about to.
    fn of_all(&self, topic: &str, partitions: &[i32]) -> Result<BTreeMap<i32, Committed>> {
        let member = &self.job.member;
        if self.job.plan.commits == Commits::Command {
            return member.commits(topic, partitions);
        }
        member.settled(topic, partitions, member::PATIENCE)
    }

    /// Whether the group stands where the command says that it has committed.
    pub(super) fn confirm(&mut self, end: i64) -> Result<Event, Failure> {
        fault::point("confirm.before");
        let own = self.committed()?;
        self.place = self.judge(own.as_ref(), Some(self.known))?;
        self.plan = None;
        fault::point("confirm.after");
        let stands = self.place.offset;
        if stands == end {
            // The command commits no leader epoch; the next plan does.
            self.place.epoch = self.epoch;
            self.end_turn();
            return Ok(Event::Committed);
        }
        let text = format!("the command has stored offsets up to {end}, but the group stands at {stands}");
        if stands > end {
            // Somebody else has the partition, and has gone on there.
            return Err(Failure::Overtaken(Error::temporary(text)));
        }
        // Nothing was committed: to do it again would store it twice.
        Err(Failure::for_good(Error::data(text).hint("kafka-produce as the only sink")))
    }

    /// The place that follows from a commit.
    fn judge(&self, committed: Option<&Committed>, known: Option<i32>) -> Result<Place, Failure> {
        // Another topic is another one tomorrow, too.
        self.check_topic()
            .map_err(|error| Failure::Failed { again: error.exit() == Exit::Temporary, error })?;
        let topic = self.topic();
        let partition = place::Partition {
            group: &self.job.member.group,
            topic: &topic.name,
            partition: self.partition,
            cluster: &self.job.cluster,
            topic_id: &topic.id,
            low: self.offset(Which::Low)?,
            high: self.offset(Which::High)?,
            known,
        };
        partition.judge(committed).map_err(Failure::for_good)
    }

    /// What is committed in this partition.
    ///
    /// Where commands commit, a transaction that died before it could would hold the answer back until
    /// it times out, so it is ended here.
    fn committed(&self) -> Result<Stands> {
        let (member, topic) = (&self.job.member, self.topic());
        if self.job.plan.commits == Commits::Command {
            if let Some(stands) = member.committed(&topic.name, self.partition, UNSETTLED)? {
                return Ok(stands);
            }
            log::info!("{}: ending a transaction that was left open", self.name());
            let id = mandate::transactional_id(&member.group, &topic.id, self.partition);
            fault::point("fence.before");
            transaction::fence(&self.job.settings, &id)?;
            fault::point("fence.after");
        }
        let stands = member.committed(&topic.name, self.partition, member::PATIENCE)?;
        stands.ok_or_else(|| {
            Error::temporary(format!("no answer to where group {} stands in {}", member.group, self.name()))
        })
    }
}
