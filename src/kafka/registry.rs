//! The consumer groups of a cluster, as an administrator sees and changes them.

use std::time::{Duration, Instant};

use rdkafka::consumer::Consumer;
use rdkafka::error::RDKafkaErrorCode;

use super::admin::{Admin, refused, refused_for, unsupported};
use super::native::Refusal;
use super::native::group::{self, Commit, Group, Member};
use super::places::{Bounds, Commits, Site};
use super::rights::Right;
use super::start::Start;
use super::topic::Topic;
use crate::batch::Mark;
use crate::run::exit::{Error, Result};

/// How long a coordinator may take to find itself: the first group of a new cluster makes it create the
/// topic that it keeps its commits in.
const SETTLE: Duration = Duration::from_secs(30);
/// The pause before it is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// A place to be committed.
#[derive(Clone, Debug)]
pub struct NewPlace {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The next offset to be read.
    pub offset: i64,
    /// What is kept with it.
    pub mark: Mark,
}

/// The name of a group as clap reads it: any text that fits on a line.
pub fn parse_group(name: &str) -> Result<String, String> {
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(format!("'{}' is no consumer group", name.escape_debug()));
    }
    Ok(name.to_owned())
}

impl Admin {
    /// A topic as groups stand in it.
    pub fn site(&self, topic: &str) -> Result<Site> {
        Site::look_up(self.client().client(), topic, self.to, self.wait)
    }

    /// [`Admin::site`]; none if there is no such topic.
    pub fn site_if_exists(&self, topic: &str) -> Result<Option<Site>> {
        self.look_up(topic)?.map(|_| self.site(topic)).transpose()
    }

    /// Where `at` lies in partitions of a topic.
    pub fn starts(&self, site: &Site, partitions: &[Bounds], at: Start) -> Result<Vec<i64>> {
        site.starts(self.client().client(), partitions, at, self.wait)
    }

    /// The names of all groups.
    pub fn groups(&self) -> Result<Vec<String>> {
        group::groups(self.client().client(), self.wait).map_err(|refusal| match refusal.code {
            code if unsupported(code) => Error::usage("this cluster cannot list its consumer groups")
                .hint("name one: topic-admin groups GROUP"),
            _ => refused("cannot list the consumer groups", refusal),
        })
    }

    /// A group; none where the cluster does not tell.
    pub fn group(&self, name: &str) -> Result<Option<Group>> {
        match settled(|| group::describe(self.client().client(), name, self.wait)) {
            Ok(group) => Ok(Some(group)),
            Err(refusal) if unsupported(refusal.code) => Ok(None),
            Err(refusal) => {
                let right = Right::on_group(self.to, name);
                Err(refused_for(right, &format!("cannot describe group {name}"), refusal))
            }
        }
    }

    /// What a group has committed in the topics of `sites`.
    pub fn commits_in(&self, group: &str, sites: &[Site]) -> Result<Commits> {
        let in_site = |site: &'_ Site| -> Vec<(String, i32)> {
            site.partitions.iter().map(|bounds| (site.topic.clone(), bounds.partition)).collect()
        };
        self.commits_at(group, Some(&sites.iter().flat_map(in_site).collect::<Vec<_>>()))
    }

    /// What a group has committed anywhere.
    pub fn commits(&self, group: &str) -> Result<Commits> {
        self.commits_at(group, None)
    }

    /// What a group has committed in any of these topics.
    pub fn commits_in_topics(&self, group: &str, topics: &[Topic]) -> Result<Commits> {
        let in_topic = |topic: &'_ Topic| -> Vec<(String, i32)> {
            topic.partitions.iter().map(|partition| (topic.name.to_string(), partition.id)).collect()
        };
        self.commits_at(group, Some(&topics.iter().flat_map(in_topic).collect::<Vec<_>>()))
    }

    fn commits_at(&self, group: &str, partitions: Option<&[(String, i32)]>) -> Result<Commits> {
        let partitions: Option<Vec<(&str, i32)>> =
            partitions.map(|list| list.iter().map(|(topic, number)| (topic.as_str(), *number)).collect());
        let ask = || group::commits_of(self.client().client(), group, partitions.as_deref(), true, self.wait);
        let found = settled(ask).map_err(|refusal| {
            let right = Right::on_group(self.to, group);
            refused_for(right, &format!("cannot read the offsets of group {group}"), refusal)
        })?;
        Ok(found.into_iter().map(|(topic, number, commit)| ((topic, number), commit)).collect())
    }

    /// Fails if somebody reads in the group: its members would not hear of a change, and commit over it.
    pub fn refuse_members(&self, group: &str) -> Result<()> {
        match self.group(group)? {
            Some(found) if !found.members.is_empty() => Err(live(group, &found.members)),
            // Where nobody tells, the commit itself is refused.
            _ => Ok(()),
        }
    }

    /// Commits places, all in one request. A group with members is refused.
    pub fn place(&self, group: &str, places: &[NewPlace]) -> Result<()> {
        let metadata: Vec<Vec<u8>> = places.iter().map(|place| place.mark.to_bytes()).collect();
        let commits: Vec<Commit<'_>> = places
            .iter()
            .zip(&metadata)
            .map(|(NewPlace { topic, partition, offset, .. }, metadata)| Commit {
                topic,
                partition: *partition,
                offset: *offset,
                epoch: None,
                metadata,
            })
            .collect();
        let what = format!("cannot commit for group {group}");
        let commit = || {
            let outcomes = group::commit_for(self.client().client(), group, &commits, self.wait)?;
            // The same commits once more do no harm.
            let unsettled = outcomes.iter().find_map(|outcome| outcome.err().filter(is_unsettled));
            unsettled.map_or(Ok(outcomes), |code| Err(code.into()))
        };
        let outcomes = match settled(commit) {
            Err(refusal) if fenced(refusal.code) => return Err(self.live_after_all(group)),
            outcomes => {
                outcomes.map_err(|refusal| refused_for(Right::on_group(self.to, group), &what, refusal))?
            }
        };
        for (outcome, NewPlace { topic, partition, .. }) in outcomes.into_iter().zip(places) {
            match outcome {
                Err(code) if fenced(code) => return Err(self.live_after_all(group)),
                Err(code) => {
                    let right = match code {
                        RDKafkaErrorCode::TopicAuthorizationFailed => Right::on_topic(self.to, topic),
                        _ => Right::on_group(self.to, group),
                    };
                    return Err(right.error(format!("{what} in {topic}/{partition}"), code));
                }
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// Members have come since they were asked for.
    fn live_after_all(&self, group: &str) -> Error {
        self.refuse_members(group).err().unwrap_or_else(|| live(group, &[]))
    }
}

/// Asks until the coordinator of the group has found itself.
fn settled<T>(mut ask: impl FnMut() -> Result<T, Refusal>) -> Result<T, Refusal> {
    let deadline = Instant::now() + SETTLE;
    loop {
        match ask() {
            Err(refusal) if is_unsettled(&refusal.code) && Instant::now() < deadline => {
                std::thread::sleep(PAUSE);
            }
            other => return other,
        }
    }
}

fn is_unsettled(code: &RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode as K;
    matches!(code, K::CoordinatorLoadInProgress | K::CoordinatorNotAvailable | K::NotCoordinator)
}

/// Whether the broker refuses a commit because it comes from no member.
fn fenced(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode as K;
    matches!(
        code,
        K::UnknownMemberId
            | K::IllegalGeneration
            | K::FencedMemberEpoch
            | K::StaleMemberEpoch
            | K::NonEmptyGroup
    )
}

/// The group has members. They may be those of a process that was killed, and go by themselves.
fn live(group: &str, members: &[Member]) -> Error {
    let name = |member: &Member| format!("{} at {}", member.client, member.host.trim_start_matches('/'));
    let mut names: Vec<String> = members.iter().take(3).map(name).collect();
    if members.len() > names.len() {
        names.push(format!("{} more", members.len() - names.len()));
    }
    let names = if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) };
    Error::temporary(format!("group {group} is being read by its members{names}"))
        .hint("stop them first; those of a killed process are gone after session.timeout.ms")
}
