//! Where a group stands in a partition: an offset, and with it the metadata of ours.
//!
//! In: what the broker answers for a group (an offset, bytes of metadata), and what is true of the
//! partition now. Out: a [`Place`] to go on from, or the error that says why there is none and what
//! to type. Nothing is ever guessed: a lost place is not the beginning, and not the end.

use serde::{Deserialize, Serialize};

use crate::run::{Error, Result};

/// The version of the metadata that this release writes and reads.
pub const VERSION: u32 = 1;

/// The metadata of a commit, as frozen in `docs/formats.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The version of the format.
    pub sluicebox: u32,
    /// The id of the cluster.
    pub cluster: String,
    /// The id of the topic, as Kafka prints it.
    pub topic_id: String,
    /// Where the group began in this partition: what it has landed since is for the proof.
    pub start: i64,
    /// What it has done before it was set back.
    #[serde(flatten)]
    pub before: Before,
    /// How many partitions the topic had when all of them had commits.
    pub known: i32,
    /// What is planned, if something is.
    #[serde(flatten)]
    pub plan: Option<Plan>,
}

/// What a group that was set back has done before; nothing in one that was not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// Where it began anew, behind its start: only there may a store begin a chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub anew: Option<i64>,
    /// How far it had landed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landed: Option<i64>,
}

/// A batch that was begun: `[offset, end)`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Plan {
    /// The offset after its last.
    pub end: i64,
    /// The UTC date of its first record; empty where nobody has looked at it yet.
    #[serde(default)]
    pub date: String,
    /// The digest of its command; empty where any will do.
    #[serde(default)]
    pub cmd: String,
    /// Where the group goes on behind it, if not at its end: what lies between is landed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<i64>,
}

impl Plan {
    /// To land `[offset, end)` once more, whatever command is given, and to go on at `then`.
    pub fn again(end: i64, then: i64) -> Self {
        Self { end, date: String::new(), cmd: String::new(), then: (then > end).then_some(then) }
    }

    /// Where the group goes on where it cannot be landed any more.
    pub fn behind(&self) -> i64 {
        self.then.unwrap_or(self.end)
    }

    /// Whether somebody has asked for it, rather than a consumer planned it.
    pub fn is_again(&self) -> bool {
        self.cmd.is_empty()
    }

    /// Where the group goes on once `stored` is: at the end, or behind what was landed before. None where
    /// something else was stored than is missing.
    pub fn goes_on(&self, stored: i64) -> Option<i64> {
        match self.then {
            Some(then) if stored == self.end => Some(then),
            Some(then) => (stored >= then).then_some(stored),
            None => Some(stored),
        }
    }
}

/// A commit as the broker answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The offset.
    pub offset: i64,
    /// The leader epoch of the record before it, if one was committed.
    pub epoch: Option<i32>,
    /// The metadata, whatever tool wrote it.
    pub metadata: Vec<u8>,
}

/// A partition as it is now.
#[derive(Clone, Debug)]
pub struct Partition<'a> {
    /// The group that asks.
    pub group: &'a str,
    /// The topic.
    pub topic: &'a str,
    /// The partition.
    pub partition: i32,
    /// The id of the cluster.
    pub cluster: &'a str,
    /// The id of the topic.
    pub topic_id: &'a str,
    /// The first offset that is kept.
    pub low: i64,
    /// The offset after the last one.
    pub high: i64,
    /// The greatest `known` of this partition's siblings; none if none of them has a commit of ours.
    pub known: Option<i32>,
}

/// Where to go on from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The next offset to be read.
    pub offset: i64,
    /// Its leader epoch, to be committed again with a plan.
    pub epoch: Option<i32>,
    /// Where the group began in this partition.
    pub start: i64,
    /// What it has done before it was set back.
    pub before: Before,
    /// What was planned from here.
    pub plan: Option<Plan>,
}

impl Mark {
    /// The mark of a group that begins at `start` and has planned nothing.
    pub fn new(cluster: &str, topic_id: &str, start: i64, known: i32) -> Self {
        let (cluster, topic_id) = (cluster.to_owned(), topic_id.to_owned());
        Self { sluicebox: VERSION, cluster, topic_id, start, before: Before::default(), known, plan: None }
    }

    /// How far a group has landed that stands at `offset` with this mark.
    pub fn landed(&self, offset: i64) -> i64 {
        self.before.landed.map_or(offset, |landed| landed.max(offset))
    }

    /// The same once the group that stood at `offset` was set back to `to`: what it has landed stays to
    /// be proven.
    #[must_use]
    pub fn set_back(self, offset: i64, to: i64) -> Self {
        let anew = (to > self.start).then_some(to);
        let landed = Some(self.landed(offset)).filter(|landed| *landed > to);
        Self { start: self.start.min(to), before: Before { anew, landed }, plan: None, ..self }
    }

    /// The bytes to commit.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a mark is a plain struct and always serialises")
    }

    /// Reads metadata: none if another tool wrote it, an error if a later release did.
    pub fn parse(metadata: &[u8]) -> Result<Option<Self>> {
        #[derive(Deserialize)]
        struct Any {
            sluicebox: u32,
        }
        match serde_json::from_slice::<Any>(metadata) {
            Ok(any) if any.sluicebox == VERSION => Ok(serde_json::from_slice(metadata).ok()),
            Ok(any) => Err(Error::usage(format!(
                "the offset was committed in version {} of the format; this release reads version {VERSION}",
                any.sluicebox
            ))
            .hint("the same release of sluicebox on every host of a group")),
            Err(_) => Ok(None),
        }
    }
}

impl Place {
    /// Where the chain of a store may begin.
    pub fn begun(&self) -> i64 {
        self.before.anew.unwrap_or(self.start)
    }
}

/// What is left to do where a partition has lost records that were landed: what it gets now has offsets that stored records
/// have, and would be taken for them.
pub fn anew(group: &str, topic: &str) -> String {
    format!(
        "another group, under another prefix: topic-admin init-group {group}-2 --topic {topic} --at earliest"
    )
}

impl Partition<'_> {
    /// Where the group goes on in this partition.
    pub fn judge(&self, committed: Option<&Committed>) -> Result<Place> {
        let place = match committed {
            None => self.judge_none()?,
            Some(committed) => self.judge_commit(committed)?,
        };
        self.judge_offset(&place)?;
        Ok(place)
    }

    fn judge_none(&self) -> Result<Place> {
        match self.known {
            // It may have had places, and lost them all: then what is stored says where it was.
            None => Err(Error::usage(format!("group {} has no place in topic {}", self.group, self.topic))
                .hint(format!(
                    "a new group: topic-admin init-group {} --topic {} --at earliest; one that was: {}",
                    self.group,
                    self.topic,
                    self.restore()
                ))),
            // Added since: all partitions that its siblings knew have had commits.
            Some(known) if self.partition >= known => {
                Ok(Place { offset: 0, epoch: None, start: 0, before: Before::default(), plan: None })
            }
            Some(_) => Err(self.lost("its committed offset is gone: expired, or deleted")),
        }
    }

    fn judge_commit(&self, committed: &Committed) -> Result<Place> {
        let Some(mark) = Mark::parse(&committed.metadata).map_err(|error| error.at(self.name()))? else {
            return Err(self.lost(&format!("offset {} was committed by another tool", committed.offset)));
        };
        if mark.cluster != self.cluster {
            return Err(self.other("cluster", &mark.cluster, self.cluster));
        }
        if mark.topic_id != self.topic_id {
            return Err(self.other("topic of that name", &mark.topic_id, self.topic_id));
        }
        let plan = mark.plan.filter(|plan| plan.end > committed.offset);
        let Mark { start, before, .. } = mark;
        Ok(Place { offset: committed.offset, epoch: committed.epoch, start, before, plan })
    }

    fn judge_offset(&self, place: &Place) -> Result<()> {
        let offset = place.offset;
        if offset < self.low {
            let error = self.error(&format!("offsets {offset} to {} are gone by retention", self.low));
            // A batch that was begun may be stored: its object, and not what is left of the topic, says
            // where the next one begins.
            return Err(match &place.plan {
                // What was stored before, and then deleted: no object can tell.
                Some(Plan { then: Some(then), .. }) => {
                    error.hint(format!("{} to go on without them", self.reset(&then.to_string())))
                }
                Some(_) => error.and("the batch that was begun there may be stored").hint(self.restore()),
                None => error.hint(format!("{} to go on without them", self.reset("earliest"))),
            });
        }
        let planned = place.plan.as_ref().map_or(offset, |plan| plan.end);
        let reached = planned.max(place.before.landed.unwrap_or(offset));
        if reached > self.high {
            let text = format!(
                "offsets up to {reached} were landed or planned, and it ends at {}: records were lost",
                self.high
            );
            return Err(self.error(&text).hint(anew(self.group, self.topic)));
        }
        Ok(())
    }

    fn name(&self) -> String {
        format!("{}/{}, group {}", self.topic, self.partition, self.group)
    }

    fn error(&self, why: &str) -> Error {
        Error::data(format!("{}: {why}", self.name()))
    }

    fn restore(&self) -> String {
        format!("s3-verify s3://BUCKET/PREFIX/ --offsets | topic-admin commit {}", self.group)
    }

    fn lost(&self, why: &str) -> Error {
        self.error(why).hint(self.restore())
    }

    fn other(&self, what: &str, then: &str, now: &str) -> Error {
        let text = format!("the place was committed for another {what} ({then}, this one is {now})");
        self.error(&text).hint(self.reset("earliest"))
    }

    fn reset(&self, at: &str) -> String {
        format!(
            "topic-admin reset {} --topic {} --partition {} --at {at} --yes",
            self.group, self.topic, self.partition
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Exit;

    fn mark() -> Mark {
        Mark::new("c", "t", 0, 4)
    }

    fn committed(offset: i64, mark: &Mark) -> Committed {
        Committed { offset, epoch: Some(3), metadata: mark.to_bytes() }
    }

    const HERE: Partition<'_> = Partition {
        group: "lake",
        topic: "users",
        partition: 2,
        cluster: "c",
        topic_id: "t",
        low: 0,
        high: 100,
        known: Some(4),
    };

    #[test]
    fn a_mark_reads_back_with_and_without_a_plan() {
        let plan = Plan { end: 50, date: "2026-11-20".into(), cmd: "ab".into(), then: None };
        for plan in [None, Some(plan)] {
            let mark = Mark { plan, ..mark() };
            assert_eq!(Mark::parse(&mark.to_bytes()).expect("ours"), Some(mark));
        }
    }

    #[test]
    fn a_group_that_was_set_back_keeps_what_it_has_to_prove() {
        let at = |start: i64| Mark { start, ..mark() };
        let back = at(10).set_back(90, 50);
        let before = Before { anew: Some(50), landed: Some(90) };
        assert_eq!((back.start, back.before), (10, before));
        assert_eq!(Mark::parse(&back.to_bytes()).unwrap(), Some(back.clone()));
        assert_eq!((back.landed(60), back.landed(95)), (90, 95));
        assert_eq!(back.clone().set_back(50, 90).before.landed, None, "it stands where it stood");
        assert_eq!(HERE.judge(Some(&committed(50, &back))).unwrap().begun(), 50);
        let before = at(10).set_back(90, 5);
        assert_eq!((before.start, before.before.anew), (5, None));
        assert_eq!(HERE.judge(Some(&committed(5, &before))).unwrap().begun(), 5);
    }

    #[test]
    fn what_is_landed_again_ends_where_it_ends_and_the_group_goes_on_behind() {
        let plan = Plan::again(50, 90);
        assert_eq!(
            [50, 40, 60, 90, 95].map(|end| plan.goes_on(end)),
            [Some(90), None, None, Some(90), Some(95)]
        );
        assert_eq!(Plan::again(50, 30).then, None, "it stood before the end: it goes on at the end");
        assert_eq!(Plan::again(50, 50).goes_on(60), Some(60), "as any batch");
        let mark = Mark { plan: Some(plan), ..mark() };
        assert_eq!(Mark::parse(&mark.to_bytes()).unwrap(), Some(mark.clone()));
        let gone = Partition { low: 21, ..HERE }.judge(Some(&committed(20, &mark))).unwrap_err();
        assert!(gone.to_string().contains("--at 90 --yes to go on"), "{gone}");
    }

    #[test]
    fn the_place_is_the_offset_and_its_plan() {
        let plan = Some(Plan { end: 50, date: "2026-11-20".into(), cmd: "ab".into(), then: None });
        let place =
            HERE.judge(Some(&committed(20, &Mark { plan: plan.clone(), ..mark() }))).expect("a place");
        assert_eq!(place, Place { offset: 20, epoch: Some(3), start: 0, before: Before::default(), plan });
    }

    #[test]
    fn a_partition_that_was_added_starts_at_its_beginning_and_a_lost_place_does_not() {
        let added = Partition { partition: 4, ..HERE };
        assert_eq!(added.judge(None).expect("new").offset, 0);
        assert!(HERE.judge(None).unwrap_err().to_string().contains("topic-admin commit lake"));
        let nobody = Partition { known: None, ..HERE };
        assert!(nobody.judge(None).unwrap_err().to_string().contains("init-group lake --topic users"));
        let late = Partition { partition: 4, low: 7, ..HERE };
        assert!(late.judge(None).unwrap_err().message().contains("offsets 0 to 7 are gone"));
    }

    #[test]
    fn every_lost_place_is_an_error_that_names_the_way_back() {
        let of = |mark: Mark| committed(20, &mark);
        let foreign = Committed { offset: 20, epoch: None, metadata: b"\xff{}".to_vec() };
        let plan = Some(Plan { end: 50, date: "2026-11-20".into(), cmd: "ab".into(), then: None });
        for (here, commit, way) in [
            (Partition { low: 21, ..HERE }, of(Mark { plan: plan.clone(), ..mark() }), "s3-verify"),
            (HERE, foreign, "s3-verify"),
            (HERE, Committed { metadata: Vec::new(), ..of(mark()) }, "s3-verify"),
            (HERE, of(Mark { cluster: "x".into(), ..mark() }), "reset lake"),
            (HERE, of(Mark { topic_id: "x".into(), ..mark() }), "reset lake"),
            (Partition { low: 21, ..HERE }, of(mark()), "--at earliest"),
            (Partition { high: 19, ..HERE }, of(mark()), "another prefix"),
            (Partition { high: 49, ..HERE }, of(Mark { plan, ..mark() }), "another prefix"),
            (Partition { high: 89, ..HERE }, of(mark().set_back(90, 20)), "another prefix"),
        ] {
            let error = here.judge(Some(&commit)).unwrap_err();
            assert_eq!(error.exit(), Exit::Data, "{error}");
            assert!(error.to_string().contains(way), "{error}");
        }
    }

    #[test]
    fn a_later_version_is_refused_and_not_taken_for_foreign() {
        let later = Committed { offset: 1, epoch: None, metadata: b"{\"sluicebox\":2}".to_vec() };
        assert_eq!(HERE.judge(Some(&later)).unwrap_err().exit(), Exit::Usage);
    }
}
