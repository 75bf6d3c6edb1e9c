//! Consumer groups: what they have committed, who their members are, and commits with metadata as bytes.
//!
//! In two forms. As a *member*, through the consumer of the group: [`committed`] and [`commit`], which
//! may be called from any thread while another one polls. As an *administrator*, through any client:
//! [`groups`], [`describe`], [`commits_of`] and [`commit_for`], which the broker refuses while the group
//! has members.

use std::ptr;
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as sys;
use sys::rd_kafka_admin_op_t as op;

use super::exchange::{Exchange, Queue, Refusal, array, checked, option, text, zero_ended};
use super::partitions::{List, View};
use super::{millis, outcome};
use crate::batch::place::Committed;

/// What is to be committed for one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commit<'a> {
    /// The topic.
    pub topic: &'a str,
    /// The partition.
    pub partition: i32,
    /// The next offset to be read.
    pub offset: i64,
    /// The leader epoch of the record before it, if it is known.
    pub epoch: Option<i32>,
    /// What is to be kept with it: at most 4,096 bytes unless the broker allows more. Apache Kafka takes
    /// it for text, and replaces what is not UTF-8; other brokers keep any bytes.
    pub metadata: &'a [u8],
}

/// What became of each commit, in their order.
pub type Outcomes = Vec<Result<(), RDKafkaErrorCode>>;

/// A group as its coordinator describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// In Kafka's words: `Stable`, `Empty`, `Dead` (there is no such group), …
    pub state: String,
    /// Who reads in it at this moment.
    pub members: Vec<Member>,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The id that the coordinator gave it.
    pub id: String,
    /// What it calls itself (`client.id`).
    pub client: String,
    /// Where it connects from.
    pub host: String,
    /// The partitions that it reads.
    pub assignment: Vec<(String, i32)>,
}

/// What the group of `consumer` has committed in each partition, in their order; none where nothing is.
///
/// With `isolation.level=read_committed` an offset that a transaction is about to commit is waited for,
/// until time is up.
pub fn committed<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    partitions: &[(&str, i32)],
    wait: Duration,
) -> Result<Vec<Option<Committed>>, RDKafkaErrorCode> {
    let list = List::of(partitions)?;
    // SAFETY: rule 1; the list is ours and filled in before the call returns.
    outcome(unsafe { sys::rd_kafka_committed(consumer.client().native_ptr(), list.as_ptr(), millis(wait)) })?;
    partitions.iter().map(|(topic, partition)| committed_at(list.view(), topic, *partition)).collect()
}

fn committed_at(list: View<'_>, topic: &str, partition: i32) -> Result<Option<Committed>, RDKafkaErrorCode> {
    list.find(topic, partition).map_or(Ok(None), |found| found.committed())
}

/// Commits as the consumer that this is: with its generation if it has subscribed, otherwise as an
/// administrator. Waits for the answer.
///
/// Of several commits of which one fails librdkafka says that error of all: `Ok` is certain, an error
/// may be another one's. Where that matters, each needs a call of its own.
///
/// `OperationTimedOut` leaves it open whether the commit was made, *and whether it will be*: librdkafka
/// keeps it until the coordinator is back, for `session.timeout.ms`. Codes that say that this consumer
/// is no member any more: `IllegalGeneration`, `UnknownMemberId`, `FencedInstanceId`,
/// `RebalanceInProgress`, `StaleMemberEpoch`.
pub fn commit<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    commits: &[Commit<'_>],
    wait: Duration,
) -> Result<Outcomes, RDKafkaErrorCode> {
    let list = list_of(commits)?;
    let queue = Queue::new(consumer.client());
    // SAFETY: rule 1; the list is copied. Without a callback the answer comes as an event.
    outcome(unsafe {
        let handle = consumer.client().native_ptr();
        sys::rd_kafka_commit_queue(handle, list.as_ptr(), queue.0, None, ptr::null_mut())
    })?;
    let answer = queue.wait(wait).ok_or(RDKafkaErrorCode::OperationTimedOut)?;
    // SAFETY: the list belongs to the answer (rule 3).
    let list = unsafe { View::new(sys::rd_kafka_event_topic_partition_list(answer.0)) };
    let outcomes = outcomes(list, commits);
    match answer.outcome() {
        // The code of the whole is also that of a part that failed.
        Err(refusal) if outcomes.iter().all(Result::is_ok) => Err(refusal.code),
        _ => Ok(outcomes),
    }
}

/// The outcome of each commit in the list that came back.
fn outcomes(list: View<'_>, commits: &[Commit<'_>]) -> Outcomes {
    let of = |commit: &Commit<'_>| {
        let found = list.find(commit.topic, commit.partition).ok_or(RDKafkaErrorCode::UnknownPartition)?;
        found.outcome()
    };
    commits.iter().map(of).collect()
}

pub(super) fn list_of(commits: &[Commit<'_>]) -> Result<List, RDKafkaErrorCode> {
    let mut list = List::new(commits.len());
    for commit in commits {
        let mut element = list.add(commit.topic, commit.partition)?;
        element.offset(commit.offset);
        element.epoch(commit.epoch);
        element.metadata(commit.metadata);
    }
    Ok(list)
}

/// The names of all consumer groups, in alphabetical order.
pub fn groups<C: ClientContext>(client: &Client<C>, wait: Duration) -> Result<Vec<String>, Refusal> {
    let exchange = Exchange::new(client, op::RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS, wait)?;
    // SAFETY: rule 1.
    unsafe { sys::rd_kafka_ListConsumerGroups(client.native_ptr(), exchange.options, exchange.queue.0) };
    let answer = exchange.answer()?;
    // SAFETY: lists and texts belong to the answer (rule 3).
    let mut names: Vec<String> = unsafe {
        let result = sys::rd_kafka_event_ListConsumerGroups_result(answer.0);
        let failed = array(|count| sys::rd_kafka_ListConsumerGroups_result_errors(result, count));
        failed.iter().try_for_each(|error| checked(*error))?;
        array(|count| sys::rd_kafka_ListConsumerGroups_result_valid(result, count))
            .iter()
            .filter_map(|group| text(sys::rd_kafka_ConsumerGroupListing_group_id(*group)))
            .collect()
    };
    names.sort_unstable();
    Ok(names)
}

/// A group: its state and its members. One that does not exist is `Dead` and has none.
pub fn describe<C: ClientContext>(client: &Client<C>, group: &str, wait: Duration) -> Result<Group, Refusal> {
    let exchange = Exchange::new(client, op::RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS, wait)?;
    let name = zero_ended(group)?;
    // SAFETY: rule 1; the request copies the name.
    unsafe {
        let (handle, queue) = (client.native_ptr(), exchange.queue.0);
        sys::rd_kafka_DescribeConsumerGroups(handle, &mut name.as_ptr(), 1, exchange.options, queue);
    }
    let answer = exchange.answer()?;
    // SAFETY: everything belongs to the answer (rule 3).
    unsafe {
        let result = sys::rd_kafka_event_DescribeConsumerGroups_result(answer.0);
        let groups = array(|count| sys::rd_kafka_DescribeConsumerGroups_result_groups(result, count));
        let group = *groups.first().ok_or(RDKafkaErrorCode::Unknown)?;
        match checked(sys::rd_kafka_ConsumerGroupDescription_error(group)) {
            Err(refusal) if refusal.code == RDKafkaErrorCode::GroupIdNotFound => {
                return Ok(Group { state: "Dead".into(), members: Vec::new() });
            }
            checked => checked?,
        }
        let state = sys::rd_kafka_ConsumerGroupDescription_state(group);
        let count = sys::rd_kafka_ConsumerGroupDescription_member_count(group);
        let members =
            (0..count).map(|at| member(sys::rd_kafka_ConsumerGroupDescription_member(group, at))).collect();
        let state = text(sys::rd_kafka_consumer_group_state_name(state)).unwrap_or_default();
        Ok(Group { state, members })
    }
}

/// Copies a member.
///
/// # Safety
/// `member` belongs to a living answer.
unsafe fn member(member: *const sys::rd_kafka_MemberDescription_t) -> Member {
    // SAFETY: promised by the caller; texts and partitions belong to the member (rule 3).
    unsafe {
        let assignment = sys::rd_kafka_MemberDescription_assignment(member);
        let partitions = if assignment.is_null() {
            ptr::null()
        } else {
            sys::rd_kafka_MemberAssignment_partitions(assignment)
        };
        Member {
            id: text(sys::rd_kafka_MemberDescription_consumer_id(member)).unwrap_or_default(),
            client: text(sys::rd_kafka_MemberDescription_client_id(member)).unwrap_or_default(),
            host: text(sys::rd_kafka_MemberDescription_host(member)).unwrap_or_default(),
            assignment: View::new(partitions).iter().map(|found| (found.name(), found.number())).collect(),
        }
    }
}

/// What a group has committed: in these partitions, or in all that it has ever committed in.
///
/// Partitions without a commit are left out. With `settled`, an offset that a transaction is about to
/// commit is waited for, until time is up; without, what was committed before is what counts.
pub fn commits_of<C: ClientContext>(
    client: &Client<C>,
    group: &str,
    partitions: Option<&[(&str, i32)]>,
    settled: bool,
    wait: Duration,
) -> Result<Vec<(String, i32, Committed)>, Refusal> {
    // An empty list would be an error, not an empty answer.
    if partitions.is_some_and(<[_]>::is_empty) {
        return Ok(Vec::new());
    }
    let exchange = Exchange::new(client, op::RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, wait)?;
    let name = zero_ended(group)?;
    let list = partitions.map(List::of).transpose()?;
    // SAFETY: rule 1; the question copies the list, the request copies the question.
    unsafe {
        option(sys::rd_kafka_AdminOptions_set_require_stable_offsets(exchange.options, settled.into()))?;
        let list = list.as_ref().map_or(ptr::null_mut(), List::as_ptr);
        let mut question = sys::rd_kafka_ListConsumerGroupOffsets_new(name.as_ptr(), list);
        let (handle, queue) = (client.native_ptr(), exchange.queue.0);
        sys::rd_kafka_ListConsumerGroupOffsets(handle, &mut question, 1, exchange.options, queue);
        sys::rd_kafka_ListConsumerGroupOffsets_destroy(question);
    }
    let answer = exchange.answer()?;
    // SAFETY: everything belongs to the answer (rule 3).
    let list = unsafe {
        let result = sys::rd_kafka_event_ListConsumerGroupOffsets_result(answer.0);
        first_group(array(|count| sys::rd_kafka_ListConsumerGroupOffsets_result_groups(result, count)))?
    };
    let mut commits = Vec::new();
    for found in list.iter() {
        if let Some(committed) = found.committed()? {
            commits.push((found.name(), found.number(), committed));
        }
    }
    Ok(commits)
}

/// Commits for a group that has no members. One that has answers `UnknownMemberId`.
pub fn commit_for<C: ClientContext>(
    client: &Client<C>,
    group: &str,
    commits: &[Commit<'_>],
    wait: Duration,
) -> Result<Outcomes, Refusal> {
    if commits.is_empty() {
        return Ok(Vec::new());
    }
    let exchange = Exchange::new(client, op::RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, wait)?;
    let name = zero_ended(group)?;
    let list = list_of(commits)?;
    // SAFETY: rule 1; the order copies the list, the request copies the order.
    unsafe {
        let mut order = sys::rd_kafka_AlterConsumerGroupOffsets_new(name.as_ptr(), list.as_ptr());
        let (handle, queue) = (client.native_ptr(), exchange.queue.0);
        sys::rd_kafka_AlterConsumerGroupOffsets(handle, &mut order, 1, exchange.options, queue);
        sys::rd_kafka_AlterConsumerGroupOffsets_destroy(order);
    }
    let answer = exchange.answer()?;
    // SAFETY: everything belongs to the answer (rule 3).
    let list = unsafe {
        let result = sys::rd_kafka_event_AlterConsumerGroupOffsets_result(answer.0);
        first_group(array(|count| sys::rd_kafka_AlterConsumerGroupOffsets_result_groups(result, count)))?
    };
    Ok(outcomes(list, commits))
}

/// The partitions of the one group that was asked for.
///
/// # Safety
/// `groups` belongs to an answer that lives during `'a`.
unsafe fn first_group<'a>(groups: &[*const sys::rd_kafka_group_result_t]) -> Result<View<'a>, Refusal> {
    let group = *groups.first().ok_or(RDKafkaErrorCode::Unknown)?;
    // SAFETY: promised by the caller; error and partitions belong to the group (rule 3).
    unsafe {
        checked(sys::rd_kafka_group_result_error(group))?;
        Ok(View::new(sys::rd_kafka_group_result_partitions(group)))
    }
}
