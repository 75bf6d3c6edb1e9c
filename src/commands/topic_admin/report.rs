//! `topic-admin groups` and `lag`: where groups stand.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::print;
use crate::batch::Mark;
use crate::batch::place::Committed;
use crate::kafka::admin::{Admin, nothing_committed};
use crate::kafka::native::group::{Group, Member};
use crate::kafka::places::{Bounds, Commits, Site};
use crate::run::{Error, Result};

/// Topics by name, each asked for once; none for one that is no more.
struct Sites<'a> {
    admin: &'a Admin,
    known: BTreeMap<String, Option<Site>>,
}

impl<'a> Sites<'a> {
    fn new(admin: &'a Admin) -> Self {
        Self { admin, known: BTreeMap::new() }
    }

    fn get(&mut self, topic: &str) -> Result<Option<&Site>> {
        if !self.known.contains_key(topic) {
            let site = self.admin.site_if_exists(topic)?;
            self.known.insert(topic.to_owned(), site);
        }
        Ok(self.known[topic].as_ref())
    }
}

/// What is known of a group; an error if there is no such group.
fn find(admin: &Admin, name: &str) -> Result<(Option<Group>, Commits)> {
    let group = admin.group(name)?;
    let commits = match &group {
        Some(_) => admin.commits(name)?,
        // A cluster that cannot describe groups cannot list their commits either.
        None => admin.commits_in_topics(name, &admin.list()?)?,
    };
    let members = group.as_ref().is_some_and(|group| !group.members.is_empty());
    let dead = group.as_ref().is_none_or(|group| group.state == "Dead");
    if commits.is_empty() && !members && dead {
        return Err(Error::usage(format!("unknown group {name}"))
            .hint(format!("topic-admin init-group {name} --topic TOPIC --at earliest")));
    }
    Ok((group, commits))
}

/// Says where one group, or each, stands.
pub(super) fn groups(admin: &Admin, name: Option<&str>) -> Result<()> {
    let mut sites = Sites::new(admin);
    let names = name.map_or_else(|| admin.groups(), |name| Ok(vec![name.to_owned()]))?;
    for group in names {
        match find(admin, &group) {
            Ok((found, commits)) => tell_group(&mut sites, &group, found.as_ref(), &commits)?,
            // It went away between two questions.
            Err(_) if name.is_none() && admin.group(&group)?.is_none_or(|group| group.state == "Dead") => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn tell_group(sites: &mut Sites<'_>, name: &str, group: Option<&Group>, commits: &Commits) -> Result<()> {
    let line = |topic: Option<&str>, partition: Option<i32>| {
        json!({
            "group": name,
            "state": group.map(|group| &group.state),
            "members": group.map(|group| group.members.len()),
            "topic": topic,
            "partition": partition,
        })
    };
    let read_by = assigned(group);
    let partitions: BTreeSet<&(String, i32)> = commits.keys().chain(read_by.keys()).collect();
    if partitions.is_empty() {
        return print(&line(None, None));
    }
    for at @ (topic, partition) in partitions {
        let mut line = line(Some(topic), Some(*partition));
        let site = sites.get(topic)?;
        let commit = commits.get(at);
        line["member"] = read_by.get(at).map_or(Value::Null, |member| member_of(member));
        line["committed"] = commit.map(|commit| commit.offset).into();
        add_mark(&mut line, commit, site);
        print(&line)?;
    }
    Ok(())
}

/// Who reads what.
fn assigned(group: Option<&Group>) -> BTreeMap<(String, i32), &Member> {
    let members = group.map_or(&[][..], |group| &group.members);
    members.iter().flat_map(|member| member.assignment.iter().map(move |at| (at.clone(), member))).collect()
}

fn member_of(member: &Member) -> Value {
    json!({"id": member.id, "client": member.client, "host": member.host.trim_start_matches('/')})
}

/// What the metadata says; that of other tools is never shown.
fn add_mark(line: &mut Value, commit: Option<&Committed>, site: Option<&Site>) {
    let parsed = commit.map(|commit| Mark::parse(&commit.metadata));
    let (kind, mark) = match parsed {
        None => ("none", None),
        Some(Err(_)) => ("later_version", None),
        Some(Ok(None)) => ("foreign", None),
        Some(Ok(Some(mark))) => (kind_of(&mark, site), Some(mark)),
    };
    let plan = mark.as_ref().and_then(|mark| mark.plan.as_ref());
    line["mark"] = kind.into();
    line["start"] = mark.as_ref().map(|mark| mark.start).into();
    line["known"] = mark.as_ref().map(|mark| mark.known).into();
    line["end"] = plan.map(|plan| plan.end).into();
    line["date"] = plan.map(|plan| plan.date.clone()).into();
    line["cmd"] = plan.map(|plan| plan.cmd.clone()).into();
}

fn kind_of(mark: &Mark, site: Option<&Site>) -> &'static str {
    match site {
        None => "topic_gone",
        Some(site) if mark.cluster != site.cluster => "another_cluster",
        Some(site) if mark.topic_id != site.topic_id => "another_topic",
        Some(_) => "ours",
    }
}

/// Says how far a group is behind.
pub(super) fn lag(admin: &Admin, name: &str) -> Result<()> {
    let (_, commits) = find(admin, name)?;
    if commits.is_empty() {
        return Err(Error::usage(nothing_committed(name)));
    }
    let mut sites = Sites::new(admin);
    let topics: BTreeSet<&str> = commits.keys().map(|(topic, _)| topic.as_str()).collect();
    let mut total = Some(0);
    for topic in topics {
        let Some(site) = sites.get(topic)? else { continue };
        for bounds in &site.partitions {
            let commit = site.committed(&commits, bounds.partition).map(|commit| commit.offset);
            let lag = left(site, name, &commits, bounds);
            total = total.zip(lag.as_ref().ok()).map(|(total, lag)| total + lag);
            let mut line = json!({
                "group": name, "topic": topic, "partition": bounds.partition, "committed": commit,
                "end": bounds.stable, "lag": lag.as_ref().ok(),
            });
            if let Err(why) = lag {
                line["reason"] = why.to_string().into();
            }
            print(&line)?;
        }
    }
    print(&json!({"group": name, "total": total}))
}

/// How many offsets the group has still to land, if that is certain; any tool's commit will do.
fn left(site: &Site, group: &str, commits: &Commits, bounds: &Bounds) -> Result<i64> {
    let offset = place(site, group, commits, bounds)?;
    // Set back to land a range again, it goes on behind what was landed before.
    let plan = site.mark(commits, bounds.partition).and_then(|mark| mark.plan);
    let again = plan.and_then(|plan| Some((plan.end, plan.then?)));
    Ok(match again {
        Some((end, then)) if offset < end => (end - offset) + (bounds.stable - then).max(0),
        _ => (bounds.stable - offset).max(0),
    })
}

/// The next offset that the group will read, if that is certain; any tool's commit will do.
fn place(site: &Site, group: &str, commits: &Commits, bounds: &Bounds) -> Result<i64> {
    let foreign = site.committed(commits, bounds.partition);
    let foreign = foreign.filter(|commit| matches!(Mark::parse(&commit.metadata), Ok(None)));
    let Some(commit) = foreign else { return Ok(site.judge(group, commits, bounds)?.offset) };
    let Bounds { low, high, partition, .. } = *bounds;
    if (low..=high).contains(&commit.offset) {
        return Ok(commit.offset);
    }
    Err(Error::data(format!(
        "{}/{partition}, group {group}: another tool has committed offset {}, and there are {low} to {high}",
        site.topic, commit.offset
    )))
}
