//! `s3-verify`: proves that the objects of a data set hold each record once.

use std::io::Write;

use serde_json::{Value, json};

use super::{Command, Kind, Page};
use crate::batch::ledger::{Account, Commits, Ledger, Partition};
use crate::batch::place::Committed;
use crate::batch::{Mark, names_of};
use crate::kafka::KafkaArgs;
use crate::kafka::admin::{self, Admin};
use crate::kafka::registry::parse_group;
use crate::kafka::rights::Operation;
use crate::run::units::grouped;
use crate::run::{Error, Process, Result};
use crate::s3::{Item, ItemKind, Location, S3Args, S3Place, Store, Unfinished};
use crate::stream::stdio;

/// Options of `s3-verify`.
#[derive(clap::Args)]
pub struct S3Verify {
    /// The data set: s3://BUCKET/PREFIX/
    #[arg(value_name = "PREFIX")]
    prefix: Location,

    /// Prove that all is there from where this consumer group began to what it has committed
    #[arg(long, value_name = "NAME", value_parser = parse_group)]
    group: Option<String>,

    /// Print where each partition goes on, for `topic-admin commit`, if all is proven
    #[arg(long)]
    offsets: bool,

    /// Objects that no batch has made are an error, too
    #[arg(long)]
    strict: bool,

    #[command(flatten)]
    s3: S3Place,

    #[command(flatten)]
    kafka: KafkaArgs,
}

impl Command for S3Verify {
    const PAGE: Page = Page {
        name: "s3-verify",
        kind: Kind::Control,
        about: "prove that the objects of a data set hold each record exactly once",
        description: "Reads the lineage of every object under PREFIX: topic, partition and range of offsets, as \
            s3-put has stored it in the metadata and to-parquet in the footer, which must agree. Proves for each \
            partition of each topic (by its id: a topic that was made again is another one) that the ranges \
            form one chain, without a gap and without an overlap. No data is read: one request an object.\n\n\
            With --group the chain must reach from where the group began to the offset that it has committed; \
            the commit must lie between two objects, and at most one object may lie past it, which is stored \
            and not yet committed. The group may be at work meanwhile. Objects from before its start are not \
            its business, unless a record lies in two of them.\n\n\
            Prints a JSON object a partition. Ranges are [first, end), the end not included. `rows` is missing \
            where a format does not tell; `rejects` counts the rejected records whose account is stored beside \
            an object. All is proven: exit status 0. A gap, an overlap, a damaged object: exit status 1, and a \
            line that names the first, and what to type: for a gap, how the missing range alone is landed \
            again.\n\n\
            With --offsets it prints, instead, what `topic-admin commit GROUP` reads: the way back for a group \
            that has lost its place. Where anything is wrong it prints nothing.\n\n\
            Warnings, and no fault: objects that no batch has made (a fault with --strict), accounts of rejects \
            whose object is not visible, and multipart uploads that were begun and are not over (an attempt \
            that was killed leaves some; so does one that is at work). Listing uploads needs a permission of \
            its own, s3:ListBucketMultipartUploads; some stores list them by their whole key only, and then \
            none are found.",
        examples: &[
            ("is each record there once?", "s3-verify s3://lake/created_users/"),
            ("the rows of each partition", "s3-verify s3://lake/created_users/ | jq '{partition, rows}'"),
            ("where a group that has lost its place goes on", "s3-verify s3://lake/created_users/ --offsets"),
        ],
        environment: &[
            ("AWS_ENDPOINT_URL_S3", "the store, unless it is AWS: http://127.0.0.1:9000"),
            (
                "AWS_PROFILE, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...",
                "as in every AWS tool",
            ),
        ],
        files: &[("~/.aws/config, ~/.aws/credentials", "profiles")],
        see_also: &["s3-put", "kafka-consume", "topic-admin"],
    };

    fn run(self, process: &Process) -> Result<()> {
        // To whoever looks at the lines alone, silence is the proof.
        let _told = process.signals.on_abort(|| log::error!("stopped before the end: nothing is proven"));
        let prefix = self.prefix.clone().into_prefix();
        let s3 = S3Args { place: self.s3.clone(), connect_timeout: self.kafka.connect_timeout() };
        let store = Store::open(&s3)?;
        let group = self.group.as_deref().map(|name| Group::open(name, &self.kafka)).transpose()?;
        let before = group.as_ref().map(|group| group.commits(&prefix)).transpose()?;
        let found = store.survey(&prefix, Found::default(), Found::take)?;
        let after = group.as_ref().map(|group| group.commits(&prefix)).transpose()?;
        let accounts = found.ledger.close(before.as_ref(), after.as_ref());
        warn_of(&store, &prefix, &accounts, &found.foreign);
        let is_of_a_batch = |account: &Account| account.objects > 0 || !account.orphans.is_empty();
        let has_objects = accounts.iter().any(is_of_a_batch) || !found.broken.is_empty();
        // The way back is that of the first problem, which is the one that is named. What a broken object leaves is a gap,
        // too, which cannot be mended while that is in the way.
        let mut problems: Vec<String> =
            found.broken.iter().map(|(location, why)| format!("{location}: {why}")).collect();
        problems.extend(accounts.iter().flat_map(self::problems));
        let way = match found.broken.first() {
            Some((location, _)) => Some(location.moved_away()),
            None => accounts
                .iter()
                .find(|account| !account.proof.holds())
                .and_then(|account| way_back(account, self.group.as_deref(), &prefix)),
        };
        if self.strict && found.foreign.count > 0 {
            problems.push(found.foreign.described(&prefix));
        }
        if !self.offsets {
            accounts.iter().try_for_each(|account| print(&line(account)))?;
        }
        if !has_objects && (self.group.is_none() || !problems.is_empty()) {
            return Err(nothing_there(&prefix, problems.first()));
        }
        if let Some(first) = problems.first() {
            return Err(wrong(first, problems.len(), way));
        }
        if self.offsets { accounts.iter().try_for_each(|account| print(&place(account))) } else { Ok(()) }
    }
}

/// What is under the prefix.
#[derive(Default)]
struct Found {
    ledger: Ledger,
    foreign: Foreign,
    broken: Vec<(Location, &'static str)>,
}

/// Objects that no batch has made.
#[derive(Default)]
struct Foreign {
    count: u64,
    first: Option<Location>,
}

impl Found {
    fn take(&mut self, Item { location, kind }: Item) {
        match kind {
            ItemKind::Batch(range, rows) => self.ledger.enter(&range, rows),
            ItemKind::Rejects(range, count) => self.ledger.enter_rejects(&range, count, location.to_string()),
            ItemKind::Foreign => self.foreign.add(location),
            ItemKind::Broken(why) => self.broken.push((location, why)),
        }
    }
}

impl Foreign {
    fn add(&mut self, location: Location) {
        self.count += 1;
        // Whichever is looked at first: the same one is named each time.
        if self.first.as_ref().is_none_or(|first| location.key() < first.key()) {
            self.first = Some(location);
        }
    }

    fn described(&self, prefix: &Location) -> String {
        let first = self.first.as_ref().map(Location::to_string).unwrap_or_default();
        match self.count {
            1 => format!("{first} was made by no batch"),
            count => {
                format!("{} objects under {prefix} were made by no batch, such as {first}", grouped(count))
            }
        }
    }
}

/// A consumer group to be held against the objects.
struct Group {
    name: String,
    admin: Admin,
}

impl Group {
    fn open(name: &str, kafka: &KafkaArgs) -> Result<Self> {
        Ok(Self { name: name.to_owned(), admin: Admin::open(&kafka.settings()?, Operation::Describe)? })
    }

    /// Where it began and what it has committed, in each of its partitions.
    fn commits(&self, prefix: &Location) -> Result<Commits> {
        let commits = self.admin.commits(&self.name)?;
        if commits.is_empty() {
            return Err(Error::usage(admin::nothing_committed(&self.name))
                .hint(format!("topic-admin init-group {} --topic TOPIC --at earliest", self.name)));
        }
        let entry = |((topic, partition), commit): ((String, i32), Committed)| {
            let place = format!("group {}, {topic}/{partition}", self.name);
            let mark = Mark::parse(&commit.metadata).map_err(|error| error.at(&place))?;
            let mark = mark.ok_or_else(|| {
                Error::data(format!("{place}: offset {} was committed by another tool", commit.offset))
                    .hint(format!("s3-verify {prefix} --offsets | topic-admin commit {}", self.name))
            })?;
            Ok((Partition { topic, topic_id: mark.topic_id, partition }, (mark.start, commit.offset)))
        };
        commits.into_iter().map(entry).collect()
    }
}

/// No batch has made an object here: most likely the objects are elsewhere, and nothing is proven.
fn nothing_there(prefix: &Location, first: Option<&String>) -> Error {
    let text = format!("no batch has made an object under {prefix}");
    match first {
        None => Error::usage(text),
        Some(problem) => Error::data(format!("{problem}; {text}")),
    }
    .hint("the place that s3-put is given in the command of kafka-consume")
}

/// What is wrong in a partition.
fn problems(account: &Account) -> impl Iterator<Item = String> + '_ {
    let Partition { topic, partition, .. } = &account.partition;
    account.proof.problems().map(move |problem| format!("{topic}/{partition}: {problem}"))
}

/// What to type where the first problem of a partition is one that can be mended by typing.
fn way_back(account: &Account, group: Option<&str>, prefix: &Location) -> Option<String> {
    let (Partition { topic, topic_id, partition }, proof) = (&account.partition, &account.proof);
    // Of a topic that the group does not know: it was deleted, and its records with it.
    let name = match (group, account.group) {
        (Some(_), None) => return None,
        (name, _) => name.unwrap_or("GROUP"),
    };
    let reset = format!("topic-admin reset {name} --topic {topic} --partition {partition}");
    if let Some((first, end)) = proof.gaps.first() {
        return Some(format!("{reset} --at {first} --until {end} --yes"));
    }
    if !proof.overlaps.is_empty() {
        // The name of an object begins with these.
        let objects = names_of(topic, topic_id, *partition);
        return Some(format!("aws s3 ls --recursive {prefix} | grep -F {objects}"));
    }
    if let Some((_, end)) = proof.torn {
        return Some(format!("{reset} --at {end} --yes"));
    }
    Some(format!("s3-verify {prefix} --offsets | topic-admin commit {name} --yes"))
}

/// The line of a partition.
fn line(account: &Account) -> Value {
    let (Partition { topic, topic_id, partition }, proof) = (&account.partition, &account.proof);
    let (first_offset, end_offset) = account.span();
    let mut line = json!({
        "topic": topic,
        "topic_id": topic_id,
        "partition": partition,
        "first_offset": first_offset,
        "end_offset": end_offset,
        "objects": account.objects,
    });
    if let Some(rows) = account.rows {
        line["rows"] = rows.into();
    }
    line["rejects"] = account.rejects.into();
    if let Some((_, committed)) = account.group {
        line["committed"] = committed.into();
        line["uncommitted_objects"] = proof.uncommitted.into();
    }
    line["ok"] = proof.holds().into();
    line["gaps"] = json!(proof.gaps);
    line["overlaps"] = json!(proof.overlaps);
    line
}

/// Where a partition goes on, as `topic-admin commit` reads it.
fn place(account: &Account) -> Value {
    let (Partition { topic, topic_id, partition }, (start, offset)) = (&account.partition, account.span());
    json!({
        "topic": topic, "topic_id": topic_id, "partition": partition, "offset": offset, "start": start,
    })
}

/// Tells what is no fault and worth knowing.
fn warn_of(store: &Store, prefix: &Location, accounts: &[Account], foreign: &Foreign) {
    if foreign.count > 0 {
        log::warn!("{}", foreign.described(prefix));
    }
    for orphan in accounts.iter().flat_map(|account| &account.orphans) {
        log::warn!("{orphan} tells of rejects, and no object has that range");
    }
    for double in accounts.iter().flat_map(|account| &account.doubles) {
        log::warn!(
            "{double} tells of rejects, as another does of the same batch: two attempts have rejected different records, \
             and one of the two holds those that the object lacks"
        );
    }
    match store.unfinished(prefix) {
        Ok(uploads) => uploads.iter().for_each(|upload| log::warn!("{}", described(upload, prefix))),
        Err(error) => log::warn!("uploads that are not over are not listed: {error}"),
    }
}

fn described(upload: &Unfinished, prefix: &Location) -> String {
    let Unfinished { key, upload_id, begun } = upload;
    let bucket = prefix.bucket();
    format!(
        "an upload of s3://{bucket}/{key}, begun {begun}, is not over (to end it: aws s3api \
         abort-multipart-upload --bucket {bucket} --key '{key}' --upload-id {upload_id})"
    )
}

/// The failure of the proof: its first cause, and how many there are.
fn wrong(first: &str, count: usize, way: Option<String>) -> Error {
    let error = match count {
        1 => Error::data(first),
        _ => Error::data(format!("{first}; {} problems in all", grouped(count as u64))),
    };
    match way {
        Some(way) => error.hint(way),
        None => error,
    }
}

/// One line on stdout.
fn print(line: &Value) -> Result<()> {
    stdio::stdout()?.write_all(format!("{line}\n").as_bytes()).map_err(|cause| stdio::write_error(&cause))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::seal::Range;

    fn account(spans: &[(i64, i64)]) -> Account {
        let mut ledger = Ledger::default();
        for &(first_offset, end_offset) in spans {
            let (topic, topic_id) = ("users".into(), "id".into());
            let range = Range { topic, topic_id, partition: 3, first_offset, end_offset };
            ledger.enter(&range, Some(1));
        }
        ledger.close(None, None).remove(0)
    }

    #[test]
    fn a_line_has_the_documented_keys_in_order() {
        assert_eq!(
            line(&account(&[(0, 5), (7, 9)])).to_string(),
            r#"{"topic":"users","topic_id":"id","partition":3,"first_offset":0,"end_offset":9,"objects":2,"rows":2,"rejects":0,"ok":false,"gaps":[[5,7]],"overlaps":[]}"#
        );
        assert_eq!(
            place(&account(&[(2, 5), (5, 9)])).to_string(),
            r#"{"topic":"users","topic_id":"id","partition":3,"offset":9,"start":2}"#
        );
    }

    /// Of a group that has landed two objects, of which one is not yet committed; and of objects that are no chain.
    #[test]
    fn proofs_are_written_as_ever() {
        let range = |first_offset: i64, end_offset: i64| {
            let (topic, topic_id) = ("created_users".into(), "bQpS2sVYQ7K1nCJ2pkWXgA".into());
            Range { topic, topic_id, partition: 3, first_offset, end_offset }
        };
        let of = |spans: &[(i64, i64)], rows: Option<u64>, commits: Option<Commits>| {
            let mut ledger = Ledger::default();
            spans.iter().for_each(|(first, end)| ledger.enter(&range(*first, *end), rows));
            ledger.enter_rejects(&range(spans[0].0, spans[0].1), 4, "x".into());
            line(&ledger.close(commits.as_ref(), commits.as_ref()).remove(0)).to_string()
        };
        let partition =
            Partition { topic: "created_users".into(), topic_id: range(0, 1).topic_id, partition: 3 };
        let commits = Commits::from([(partition, (0, 1000))]);
        let today = [
            of(&[(0, 1000), (1000, 2000)], Some(998), Some(commits)),
            of(&[(0, 5), (7, 9), (8, 12)], None, None),
        ];
        // The first one is that of the objects in `objects.ndjson`.
        let ever = include_str!("../../tests/data/formats/proof.ndjson").lines().skip(1);
        assert_eq!(today.as_slice(), ever.collect::<Vec<_>>());
    }

    #[test]
    fn a_gap_is_told_with_what_to_type() {
        let prefix: Location = "s3://lake/users/".parse().unwrap();
        let mut gap = account(&[(0, 5), (7, 9), (11, 12)]);
        let typed = |group: &str| {
            format!("topic-admin reset {group} --topic users --partition 3 --at 5 --until 7 --yes")
        };
        assert_eq!(way_back(&gap, None, &prefix).unwrap(), typed("GROUP"));
        assert_eq!(way_back(&gap, Some("lake"), &prefix), None, "a topic that the group does not know");
        gap.group = Some((0, 12));
        assert_eq!(way_back(&gap, Some("lake"), &prefix).unwrap(), typed("lake"));
        let twice = way_back(&account(&[(0, 5), (3, 9)]), None, &prefix).unwrap();
        assert_eq!(twice, "aws s3 ls --recursive s3://lake/users/ | grep -F users-id-00003-");
    }

    #[test]
    fn the_first_problem_is_named_with_its_partition() {
        let account = account(&[(0, 5), (7, 9)]);
        let all: Vec<String> = problems(&account).collect();
        assert_eq!(all, ["users/3: offsets 5 to 7 are in no object"]);
        assert_eq!(
            wrong(&all[0], 3, None).message(),
            "users/3: offsets 5 to 7 are in no object; 3 problems in all"
        );
    }
}
