//! `topic-admin commit`: places that were lost, put back from what the objects say.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;

use super::print;
use crate::kafka::admin::Admin;
use crate::kafka::places::{Commits, Site};
use crate::kafka::registry::{NewPlace, parse_group};
use crate::kafka::topic::check_name;
use crate::run::{Error, Result};
use crate::stream::stdio;

/// No line of ours is longer; a longer one is no line of ours.
const LONGEST: u64 = 1 << 16;

/// Options of `topic-admin commit`.
#[derive(clap::Args)]
pub(super) struct Commit {
    /// The consumer group
    #[arg(value_name = "GROUP", value_parser = parse_group)]
    pub(super) group: String,
    /// Lines of topic, topic_id, partition, offset, start, as s3-verify --offsets prints them [default: stdin]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Overwrite places that are not lost, too
    #[arg(long)]
    yes: bool,
    /// Say what would be committed
    #[arg(long)]
    dry_run: bool,
}

/// A place as it is read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct Line {
    topic: String,
    topic_id: String,
    partition: i32,
    offset: i64,
    start: i64,
}

/// The places to be, by topic, and by its id and the partition.
type Lines = BTreeMap<String, BTreeMap<(String, i32), Line>>;
/// Those in one topic, by partition.
type Places = BTreeMap<i32, Line>;

impl Commit {
    pub(super) fn run(self, admin: &Admin) -> Result<()> {
        let mut read = self.read()?;
        let (mut sites, mut lines) = (Vec::new(), BTreeMap::new());
        for topic in read.keys() {
            sites.push(admin.site(topic)?);
        }
        for site in &sites {
            let of_topic = read.remove(&site.topic).unwrap_or_default();
            lines.insert(site.topic.clone(), of_this(site, of_topic, &self.group)?);
        }
        let commits = admin.commits_in(&self.group, &sites)?;
        let mut places = Vec::new();
        for site in &sites {
            places.extend(self.places(site, &lines[&site.topic], &commits)?);
        }
        let new: Vec<NewPlace> =
            places.iter().filter(|(_, stands)| !stands).map(|(place, _)| place.clone()).collect();
        if !new.is_empty() {
            admin.refuse_members(&self.group)?;
            if !self.dry_run {
                admin.place(&self.group, &new)?;
            }
        }
        places.iter().try_for_each(|(place, stands)| self.tell(place, *stands))?;
        sites.iter().for_each(|site| self.warn_of_lost(site, &lines[&site.topic], &commits));
        Ok(())
    }

    fn read(&self) -> Result<Lines> {
        match self.file.as_deref() {
            None => read(stdio::stdin()?, "stdin"),
            Some(path) if path == Path::new("-") => read(stdio::stdin()?, "stdin"),
            Some(path) => {
                let what = || format!("cannot read {}", path.display());
                let file = File::open(path).map_err(|cause| Error::io(what(), &cause))?;
                read(file, &path.display().to_string())
            }
        }
    }

    /// The places in a topic, and whether the group stands there already.
    fn places(&self, site: &Site, lines: &Places, commits: &Commits) -> Result<Vec<(NewPlace, bool)>> {
        let known = site.known_after(commits, |partition| lines.contains_key(&partition));
        let place = |line: &Line| {
            check(site, line, &self.group)?;
            let stands = self.stands(site, line, commits)?;
            let mark = site.new_mark(line.start, known);
            let (topic, partition, offset) = (site.topic.clone(), line.partition, line.offset);
            Ok((NewPlace { topic, partition, offset, mark }, stands))
        };
        lines.values().map(place).collect()
    }

    /// Whether the group stands at this very place; an error if it stands well at another one.
    fn stands(&self, site: &Site, line: &Line, commits: &Commits) -> Result<bool> {
        if site.committed(commits, line.partition).is_none() {
            return Ok(false);
        }
        match site.judge(&self.group, commits, site.bounds(line.partition)?) {
            Ok(place) if place.offset == line.offset && place.start == line.start => Ok(true),
            Ok(place) if !self.yes => Err(Error::conflict(format!(
                "group {}, topic {}, partition {}: its place is not lost: it stands at {}, not {}",
                self.group, site.topic, line.partition, place.offset, line.offset
            ))
            .hint("leave that line out, or --yes to overwrite it")),
            _ => Ok(false),
        }
    }

    fn tell(&self, place: &NewPlace, stands: bool) -> Result<()> {
        let outcome = match (stands, self.dry_run) {
            (true, _) => "exists",
            (false, true) => "would_commit",
            (false, false) => "committed",
        };
        let NewPlace { topic, partition, offset, mark } = place;
        print(&json!({
            "group": self.group, "topic": topic, "partition": partition, "offset": offset,
            "start": mark.start, "outcome": outcome,
        }))
    }

    /// Partitions that no line spoke of, and that still have no place.
    fn warn_of_lost(&self, site: &Site, lines: &Places, commits: &Commits) {
        let known = site.known_after(commits, |partition| lines.contains_key(&partition));
        let lost: Vec<String> = site
            .partitions
            .iter()
            .map(|bounds| bounds.partition)
            .filter(|partition| *partition < known && !lines.contains_key(partition))
            .filter(|partition| site.mark(commits, *partition).is_none())
            .map(|partition| partition.to_string())
            .collect();
        if !lost.is_empty() {
            log::warn!(
                "topic {}: partitions {} still have no place (try: topic-admin reset {} --topic {0} --partition {} --at earliest --yes)",
                site.topic,
                lost.join(", "),
                self.group,
                lost[0]
            );
        }
    }
}

/// The lines of this very topic. Those of others that had its name are told, and passed over: their
/// objects lie under one prefix with its own.
fn of_this(site: &Site, lines: BTreeMap<(String, i32), Line>, group: &str) -> Result<Places> {
    let (ours, others): (Vec<Line>, Vec<Line>) =
        lines.into_values().partition(|line| line.topic_id == site.topic_id);
    let ids: BTreeSet<&str> = others.iter().map(|line| line.topic_id.as_str()).collect();
    let ids = ids.into_iter().collect::<Vec<_>>().join(", ");
    if ours.is_empty() {
        return Err(Error::conflict(format!(
            "topic {}: all lines are of another topic of that name ({ids}, this one is {}): it was deleted and \
             made again, and no object of this one is there",
            site.topic, site.topic_id
        ))
        .hint(format!("topic-admin reset {group} --topic {} --at earliest --yes", site.topic)));
    }
    match others.len() {
        0 => {}
        1 => log::warn!(
            "topic {}: passed over the line of another topic of that name, which was deleted ({ids})",
            site.topic
        ),
        count => log::warn!(
            "topic {}: passed over {count} lines of other topics of that name, which were deleted ({ids})",
            site.topic
        ),
    }
    Ok(ours.into_iter().map(|line| (line.partition, line)).collect())
}

/// Holds a line against the topic as it is.
fn check(site: &Site, line: &Line, group: &str) -> Result<()> {
    let Line { topic, partition, offset, start, .. } = line;
    let at = format!("topic {topic}, partition {partition}");
    let bounds = site.bounds(*partition)?;
    if *start < 0 || start > offset {
        return Err(Error::data(format!("{at}: the start {start} does not lie before the offset {offset}")));
    }
    if !(bounds.low..=bounds.high).contains(offset) {
        return Err(Error::data(format!(
            "{at}: offset {offset} is not one of {} to {}",
            bounds.low, bounds.high
        ))
        .hint(format!(
            "topic-admin reset {group} --topic {topic} --partition {partition} --at earliest --yes"
        )));
    }
    Ok(())
}

/// Reads all lines; each partition is spoken of once.
fn read(input: impl Read, name: &str) -> Result<Lines> {
    let mut lines = Lines::new();
    let mut input = BufReader::new(input);
    let mut text = Vec::new();
    for number in 1_u64.. {
        text.clear();
        let length = input
            .by_ref()
            .take(LONGEST)
            .read_until(b'\n', &mut text)
            .map_err(|cause| Error::io(format!("cannot read {name}"), &cause))?;
        if length == 0 {
            break;
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        let wrong = |why: &str| Error::data(format!("{name}, line {number}: {why}"));
        let line: Line = serde_json::from_slice(&text).map_err(|_| {
            wrong("not an object of topic, topic_id, partition, offset and start")
                .hint("s3-verify s3://BUCKET/PREFIX/ --offsets")
        })?;
        check_name(&line.topic).map_err(|error| wrong(error.message()))?;
        let at = lines.entry(line.topic.clone()).or_default();
        if at.insert((line.topic_id.clone(), line.partition), line).is_some() {
            return Err(wrong("this partition had a line already"));
        }
    }
    if lines.is_empty() {
        return Err(Error::data(format!("no offsets in {name}; nothing was committed"))
            .hint("s3-verify s3://BUCKET/PREFIX/ --offsets | topic-admin commit GROUP"));
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"topic":"users","topic_id":"t","partition":1,"offset":20,"start":0,"more":1}"#;

    #[test]
    fn lines_are_read_whatever_else_they_hold() {
        let lines = read(format!("{LINE}\r\n\n").as_bytes(), "x").unwrap();
        let line = &lines["users"][&("t".to_owned(), 1)];
        assert_eq!((line.offset, line.start, line.topic_id.as_str()), (20, 0, "t"));
    }

    #[test]
    fn offsets_are_read_as_ever() {
        let mut lines =
            read(include_bytes!("../../../tests/data/formats/offsets.ndjson").as_slice(), "x").unwrap();
        let places = lines.remove("created_users").unwrap();
        let line = &places[&("bQpS2sVYQ7K1nCJ2pkWXgA".to_owned(), 3)];
        assert_eq!((places.len(), lines.len(), line.offset, line.start), (1, 0, 1006, 1000));
    }

    #[test]
    fn lines_of_other_topics_of_the_name_are_passed_over() {
        let old = LINE.replace("\"t\"", "\"old\"").replace("20", "300");
        let lines = |text: String| read(text.as_bytes(), "x").unwrap().remove("users").unwrap();
        let (topic, cluster) = ("users".to_owned(), "c".to_owned());
        let site = Site { topic, topic_id: "t".into(), cluster, partitions: Vec::new() };
        let ours = of_this(&site, lines(format!("{old}\n{LINE}\n")), "lake").unwrap();
        assert_eq!(ours.values().map(|line| line.offset).collect::<Vec<_>>(), [20]);
        let error = of_this(&site, lines(old), "lake").unwrap_err();
        assert!(error.message().contains("(old, this one is t)"), "{error}");
    }

    #[test]
    fn a_wrong_line_is_named_by_its_number_and_not_repeated() {
        for (text, word) in [
            (String::new(), "no offsets"),
            (format!("{LINE}\n{LINE}\n"), "line 2: this partition had a line already"),
            (format!("{LINE}\n{{\"secret\":1}}\n"), "line 2: not an object"),
            (LINE.replace("\"offset\":20", "\"offset\":\"20\""), "line 1: not an object"),
            (LINE.replace("users", "a b"), "line 1: 'a b' is no topic"),
            (LINE.replace("20", &" ".repeat(70_000)), "line 1"),
        ] {
            let error = read(text.as_bytes(), "x").unwrap_err();
            assert!(error.message().contains(word), "{error}");
            assert!(!error.message().contains("secret"), "{error}");
        }
    }
}
