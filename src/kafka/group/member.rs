//! Membership in a consumer group: which partitions are ours, and the commits that this allows.
//!
//! The member never fetches: what it is assigned is paused at once, and read by the clients of
//! [`super::pool`]. librdkafka tells of assignments while it is polled; they are kept until the
//! driver has made room for them, so that work in progress can be ended or committed first.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::Client;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{ClientContext, Offset, TopicPartitionList};

use super::pulse;
use crate::batch::mandate::Membership;
use crate::batch::place::Committed;
use crate::kafka::client::{self, Journal};
use crate::kafka::codes;
use crate::kafka::fetch::CONSUMING;
use crate::kafka::native::group::{self, Commit};
use crate::kafka::native::offsets::{Which, offsets};
use crate::kafka::native::transaction::{self, fatal_error};
use crate::kafka::options::{Preset, Settings};
use crate::kafka::rights::{Operation, Right};
use crate::run::{Error, Result};

const DEFAULTS: [Preset; 2] = [
    // Soon enough for a crashed consumer's partitions to be taken over, late enough for a busy one.
    (pulse::SESSION, "10000"),
    ("socket.keepalive.enable", "true"),
];

/// Partitions move one by one, without a stop for all.
const STRATEGY: Preset = ("partition.assignment.strategy", "cooperative-sticky");

/// How long a question to the coordinator may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How long an ending process waits until it has left its group, and how often it looks.
const FAREWELL: Duration = Duration::from_secs(3);
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// The state of a group in which each member knows what it has.
const SETTLED: &str = "Stable";

/// A partition by name.
pub type Partition = (Arc<str>, i32);

/// What the group has decided.
#[derive(Clone, Debug)]
pub enum Change {
    /// These are ours now.
    Assigned(Vec<Partition>),
    /// These go to somebody else, who waits until we have let them go.
    Revoked(Vec<Partition>),
    /// These are somebody else's already.
    Lost(Vec<Partition>),
}

/// Why a commit was not made.
pub enum Refused {
    /// The group has changed, or is about to: a new member, or one less, or this one was given up. That says
    /// nothing of what was to be committed.
    Overtaken(Error),
    /// For any other reason; or it may have been made, and the answer is lost.
    Failed(Error),
}

/// What the group has committed in a partition, if anything.
pub type Stands = Option<Committed>;

/// Hears what librdkafka says.
pub struct Ear {
    journal: Journal,
    changes: Mutex<VecDeque<Change>>,
}

impl Ear {
    fn changes(&self) -> MutexGuard<'_, VecDeque<Change>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Ear {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        self.journal.log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.journal.error(error, reason);
    }
}

impl ConsumerContext for Ear {
    /// Only notes the change: librdkafka waits until it is heeded, by [`Member::take`] or
    /// [`Member::let_go`].
    fn rebalance(&self, consumer: &BaseConsumer<Self>, code: RDKafkaRespErr, list: &mut TopicPartitionList) {
        let names: Vec<Partition> =
            list.elements().iter().map(|element| (element.topic().into(), element.partition())).collect();
        let change = match code {
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS => Change::Assigned(names),
            _ if consumer.assignment_lost() => Change::Lost(names),
            _ => Change::Revoked(names),
        };
        self.changes().push_back(change);
    }
}

/// A member of a group.
pub struct Member {
    consumer: BaseConsumer<Ear>,
    pub(super) group: String,
    wait: Duration,
    session: Option<Duration>,
}

impl Member {
    /// Connects; the group is joined by [`Self::join`].
    pub fn open(settings: &Settings, group: &str) -> Result<Self> {
        let fixed = [&CONSUMING[..], &[STRATEGY]].concat();
        let mut config = settings.client_config(&DEFAULTS, &fixed);
        config.set("group.id", group);
        let session = pulse::set(&mut config)?;
        let ear = Ear { journal: Journal::default(), changes: Mutex::default() };
        let consumer: BaseConsumer<Ear> = client::create(&config, ear)?;
        client::connect(consumer.client(), &consumer.context().journal, settings, |wait| {
            drop(consumer.poll(wait));
        })?;
        Ok(Self { consumer, group: group.to_owned(), wait: settings.connect_timeout(), session })
    }

    /// Joins the group.
    pub fn join<'a>(&self, topics: impl Iterator<Item = &'a str>) -> Result<()> {
        let names: Vec<&str> = topics.collect();
        let what = || format!("cannot join group {}", self.group);
        self.consumer.subscribe(&names).map_err(|cause| codes::wrapped(what(), &cause))
    }

    /// The client underneath, for questions.
    pub fn client(&self) -> &Client<Ear> {
        self.consumer.client()
    }

    /// How long a question may take.
    pub fn patience(&self) -> Duration {
        self.wait
    }

    /// How long the group waits for a member like this one that is not heard of.
    pub fn session(&self) -> Option<Duration> {
        self.session
    }

    /// Serves the group for at most `time`; the next change, if there is one.
    pub fn poll(&self, time: Duration) -> Result<Option<Change>> {
        if let Some(Err(cause)) = self.consumer.poll(time) {
            self.heed(&cause)?;
        }
        let journal = &self.consumer.context().journal;
        journal.refusal().map_or(Ok(()), Err)?;
        if let Some(code @ RDKafkaErrorCode::GroupAuthorizationFailed) = journal.denial() {
            return Err(self.right().error(format!("group {}", self.group), code));
        }
        // The client does nothing more from then on, and says so once.
        match fatal_error(self.client()) {
            None => Ok(self.consumer.context().changes().pop_front()),
            Some(RDKafkaErrorCode::FencedInstanceId) => Err(Error::temporary(format!(
                "group {}: another process has joined it under the group.instance.id of this one",
                self.group
            ))
            .hint("a group.instance.id of its own for each process")),
            Some(code) => Err(self.right().error(format!("group {}", self.group), code)),
        }
    }

    fn heed(&self, cause: &KafkaError) -> Result<()> {
        let Some(code) = codes::code_of(cause) else { return Ok(()) };
        match code {
            // Nothing is read here, so there is nothing to reset.
            RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::PartitionEOF => Ok(()),
            // Whoever works on a partition asks for its topic, and can tell what became of it.
            RDKafkaErrorCode::UnknownTopicOrPartition
            | RDKafkaErrorCode::UnknownTopic
            | RDKafkaErrorCode::UnknownPartition => Ok(()),
            code if codes::exit_of(code) == crate::run::Exit::Temporary => {
                log::debug!("group {}: {}", self.group, codes::words(code));
                Ok(())
            }
            code => Err(self.right().error(format!("group {}", self.group), code)),
        }
    }

    /// What a member must be allowed.
    fn right(&self) -> Right<'_> {
        Right::on_group(Operation::Read, &self.group)
    }

    /// Accepts partitions, paused.
    pub fn take(&self, partitions: &[Partition]) -> Result<()> {
        // From the end, so that nothing is looked up or reset for a reader that never reads.
        let list = list(partitions, Offset::End)?;
        let what = || format!("group {}: cannot take partitions", self.group);
        self.consumer.incremental_assign(&list).map_err(|cause| codes::wrapped(what(), &cause))?;
        self.consumer.pause(&list).map_err(|cause| codes::wrapped(what(), &cause))
    }

    /// Gives partitions up.
    pub fn let_go(&self, partitions: &[Partition]) -> Result<()> {
        let list = list(partitions, Offset::Invalid)?;
        let what = || format!("group {}: cannot give partitions up", self.group);
        self.consumer.incremental_unassign(&list).map_err(|cause| codes::wrapped(what(), &cause))
    }

    /// What the group has committed in a partition; `None` while a transaction is about to commit there,
    /// or as long as one that died stands in the way.
    pub fn committed(&self, topic: &str, partition: i32, wait: Duration) -> Result<Option<Stands>> {
        match group::committed(&self.consumer, &[(topic, partition)], wait) {
            Ok(found) => Ok(Some(found.into_iter().next().flatten())),
            Err(RDKafkaErrorCode::UnstableOffsetCommit | RDKafkaErrorCode::OperationTimedOut) => Ok(None),
            Err(code) => Err(self.cannot_read(code)),
        }
    }

    /// What the group has committed in partitions of a topic, by their numbers, once no transaction is
    /// about to commit there. Of the two ways to ask, this one does not mind when the coordinator is away.
    pub fn settled(
        &self,
        topic: &str,
        partitions: &[i32],
        wait: Duration,
    ) -> Result<BTreeMap<i32, Committed>> {
        let names: Vec<(&str, i32)> = partitions.iter().map(|partition| (topic, *partition)).collect();
        match group::committed(&self.consumer, &names, wait) {
            Ok(found) => {
                let each = partitions.iter().zip(found);
                Ok(each.filter_map(|(partition, found)| Some((*partition, found?))).collect())
            }
            Err(RDKafkaErrorCode::UnstableOffsetCommit | RDKafkaErrorCode::OperationTimedOut) => {
                Err(Error::temporary(format!("no answer to where group {} stands in {topic}", self.group)))
            }
            Err(code) => Err(self.cannot_read(code)),
        }
    }

    /// What the group has committed in partitions of a topic, by their numbers, whatever is about to be. Only for
    /// when the coordinator has just answered: librdkafka 2.12 aborts the process when one that an administrator's
    /// question waits for goes away and comes back.
    pub fn commits(&self, topic: &str, partitions: &[i32]) -> Result<BTreeMap<i32, Committed>> {
        let names: Vec<(&str, i32)> = partitions.iter().map(|partition| (topic, *partition)).collect();
        let found = group::commits_of(self.client(), &self.group, Some(&names), false, self.wait)
            .map_err(|refusal| self.cannot_read(refusal.code))?;
        Ok(found.into_iter().map(|(_, partition, committed)| (partition, committed)).collect())
    }

    /// An offset of each of these partitions, none where there is no such record. An error says `what` failed.
    pub fn offsets(
        &self,
        topic: &str,
        partitions: &[i32],
        which: Which,
        what: impl Fn() -> String,
    ) -> Result<Vec<Option<i64>>> {
        let places: Vec<(&str, i32)> = partitions.iter().map(|partition| (topic, *partition)).collect();
        let found = offsets(self.client(), &places, which, self.wait)
            .map_err(|refusal| codes::error(what(), refusal.code))?;
        found.into_iter().map(|offset| offset.map_err(|code| codes::error(what(), code))).collect()
    }

    fn cannot_read(&self, code: RDKafkaErrorCode) -> Error {
        self.right().error(format!("cannot read the commits of group {}", self.group), code)
    }

    /// In whose name a command may commit, from now until the group changes.
    pub fn membership(&self) -> Result<Membership> {
        transaction::membership(&self.consumer)
            .ok_or_else(|| Error::temporary(format!("not in group {} at this moment", self.group)))
    }

    /// Whether the group has settled, and this partition is ours in it: the coordinator takes commits of it
    /// from us, until the group changes again.
    pub fn holds(&self, topic: &str, partition: i32) -> Result<bool> {
        let Ok(own) = self.membership() else { return Ok(false) };
        let group = group::describe(self.client(), &self.group, self.wait)
            .map_err(|refusal| self.cannot_read(refusal.code))?;
        let ours = group.members.iter().find(|member| member.id == own.member);
        let has = |(name, number): &(String, i32)| name == topic && *number == partition;
        Ok(group.state == SETTLED && ours.is_some_and(|member| member.assignment.iter().any(has)))
    }

    /// Commits with the right of a member.
    pub fn commit(&self, commit: Commit<'_>) -> Result<(), Refused> {
        let place = format!("{}/{}", commit.topic, commit.partition);
        let failed = |code| {
            let what = format!("cannot commit offset {} of {place} for group {}", commit.offset, self.group);
            let right = match code {
                RDKafkaErrorCode::TopicAuthorizationFailed => Right::on_topic(Operation::Read, commit.topic),
                _ => self.right(),
            };
            let error = right.error(what, code);
            // librdkafka gives a static member up that another one has replaced, and then everything it asks.
            let fatal = || fatal_error(self.client()).is_some_and(tells_of_change);
            let overtaken = tells_of_change(code) || (code == RDKafkaErrorCode::Fatal && fatal());
            if overtaken { Refused::Overtaken(error) } else { Refused::Failed(error) }
        };
        let outcomes = group::commit(&self.consumer, &[commit], PATIENCE).map_err(failed)?;
        match outcomes.into_iter().next() {
            Some(outcome) => outcome.map_err(failed),
            None => Err(Refused::Failed(Error::temporary(format!("no answer to the commit of {place}")))),
        }
    }

    /// Leaves the group, so that its partitions need not wait for a timeout. The client is of no use after
    /// that.
    pub fn leave(&self) {
        let deadline = Instant::now() + FAREWELL;
        if self.consumer.close_queue().is_ok() {
            while !self.consumer.closed() && Instant::now() < deadline {
                // The last changes come while it is polled, and it waits for each to be heeded.
                drop(self.consumer.poll(BETWEEN_LOOKS));
                let _ = match self.consumer.context().changes().pop_front() {
                    Some(Change::Revoked(partitions) | Change::Lost(partitions)) => self.let_go(&partitions),
                    Some(Change::Assigned(partitions)) => self.take(&partitions),
                    None => Ok(()),
                };
            }
        }
    }
}

/// Whether the coordinator refuses a commit because the group is not, or not yet, what the member takes it
/// for: it was given up, replaced, or has not heard of the last change; or the partitions are being given out.
fn tells_of_change(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode as K;
    matches!(
        code,
        K::IllegalGeneration
            | K::UnknownMemberId
            | K::RebalanceInProgress
            | K::FencedInstanceId
            | K::StaleMemberEpoch
            | K::FencedMemberEpoch
            | K::AssignmentLost
    )
}

fn list(partitions: &[Partition], offset: Offset) -> Result<TopicPartitionList> {
    let mut list = TopicPartitionList::new();
    for (topic, partition) in partitions {
        list.add_partition_offset(topic, *partition, offset)
            .map_err(|cause| codes::wrapped("cannot name a partition", &cause))?;
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_changed_group_refuses_is_told_from_what_fails() {
        use RDKafkaErrorCode as K;
        for code in [K::IllegalGeneration, K::UnknownMemberId, K::RebalanceInProgress, K::FencedInstanceId] {
            assert!(tells_of_change(code), "{code:?}");
        }
        // Whether it was made is not known, or it is refused for ever.
        for code in [K::OperationTimedOut, K::RequestTimedOut, K::GroupAuthorizationFailed, K::Fatal] {
            assert!(!tells_of_change(code), "{code:?}");
        }
    }
}
