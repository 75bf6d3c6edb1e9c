//! `topic-admin init-group` and `reset`: where a group begins, once, and again.

use serde_json::json;

use super::print;
use crate::batch::Mark;
use crate::batch::place::{Plan, anew};
use crate::kafka::admin::Admin;
use crate::kafka::places::{Bounds, Commits, Site};
use crate::kafka::registry::{NewPlace, parse_group};
use crate::kafka::selection::{Pattern, Selection};
use crate::kafka::start::Start;
use crate::kafka::topic::parse_name;
use crate::run::{Error, Result};

/// Options of `topic-admin init-group`.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("which").args(["topics", "pattern"]).required(true).multiple(true))]
pub(super) struct InitGroup {
    /// The consumer group
    #[arg(value_name = "GROUP", value_parser = parse_group)]
    pub(super) group: String,
    /// A topic that it is to read; may be repeated
    #[arg(short, long = "topic", value_name = "TOPIC", value_parser = parse_name)]
    topics: Vec<String>,
    /// The topics whose whole names match this regular expression now, as kafka-consume --pattern has them
    #[arg(long, value_name = "REGEX")]
    pattern: Vec<Pattern>,
    /// Where it begins in every partition: earliest, latest, @TIME or OFFSET
    #[arg(long, value_name = "WHERE", value_parser = parse_at)]
    at: Start,
    /// A group that has its places already is no error
    #[arg(long)]
    if_not_exists: bool,
    /// Say what would be committed
    #[arg(long)]
    dry_run: bool,
}

/// Options of `topic-admin reset`.
#[derive(clap::Args)]
pub(super) struct Reset {
    /// The consumer group
    #[arg(value_name = "GROUP", value_parser = parse_group)]
    pub(super) group: String,
    /// The topic
    #[arg(short, long, value_name = "TOPIC", value_parser = parse_name)]
    topic: String,
    /// This partition only
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(i32).range(0..))]
    partition: Option<i32>,
    /// Where it begins anew: earliest, latest, @TIME or OFFSET
    #[arg(long, value_name = "WHERE", value_parser = parse_at)]
    at: Start,
    /// Land only what lies before this offset once more, in one batch, and go on where the group stands
    ///
    /// For a range that is missing, as s3-verify names it: its object was deleted. The next run of
    /// kafka-consume lands it, whatever is behind it stays as it is.
    #[arg(long, value_name = "OFFSET", requires = "partition", value_parser = clap::value_parser!(i64).range(1..))]
    until: Option<i64>,
    /// Overwrite where the group stands
    #[arg(long)]
    yes: bool,
    /// Say what would be overwritten
    #[arg(long)]
    dry_run: bool,
}

/// A partition in which the group stands already, or is to begin.
enum Step {
    Stands { topic: String, partition: i32, offset: i64 },
    Begins(NewPlace),
}

impl InitGroup {
    pub(super) fn run(self, admin: &Admin) -> Result<()> {
        let selection = Selection { names: self.topics.clone(), patterns: self.pattern.clone() };
        let mut topics = admin.find(&selection)?;
        topics.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        let sites: Vec<Site> = topics.iter().map(|topic| admin.site(&topic.name)).collect::<Result<_>>()?;
        let commits = admin.commits_in(&self.group, &sites)?;
        let mut steps = Vec::new();
        for site in &sites {
            steps.extend(self.steps(admin, site, &commits)?);
        }
        let new: Vec<NewPlace> = steps.iter().filter_map(Step::begins).cloned().collect();
        if !new.is_empty() {
            admin.refuse_members(&self.group)?;
            if !self.dry_run {
                admin.place(&self.group, &new)?;
            }
        }
        steps.iter().try_for_each(|step| self.tell(step))
    }

    /// What there is to do in a topic: everything, the rest of an earlier attempt, or nothing.
    fn steps(&self, admin: &Admin, site: &Site, commits: &Commits) -> Result<Vec<Step>> {
        let begun = site.partitions.iter().any(|at| site.committed(commits, at.partition).is_some());
        if begun && self.if_not_exists {
            let judged =
                |at: &Bounds| Ok(Step::stands(site, at, site.judge(&self.group, commits, at)?.offset));
            if let Ok(steps) = site.partitions.iter().map(judged).collect::<Result<_>>() {
                return Ok(steps);
            }
        }
        let starts = admin.starts(site, &site.partitions, self.at);
        let known = site.known_after(commits, |_| true);
        let step = |(bounds, start): (&Bounds, i64)| match site.committed(commits, bounds.partition) {
            Some(commit) => {
                self.fits(site, commits, bounds, start).then(|| Step::stands(site, bounds, commit.offset))
            }
            None => Some(Step::Begins(place(site, bounds, start, known))),
        };
        let steps = starts.map(|starts| site.partitions.iter().zip(starts).map(step).collect::<Option<_>>());
        match steps {
            Err(error) if !begun => Err(error),
            Ok(Some(steps)) => Ok(steps),
            _ => Err(self.conflict(site, commits)),
        }
    }

    /// Whether what is committed is what this very command would commit, or has on an earlier attempt.
    fn fits(&self, site: &Site, commits: &Commits, bounds: &Bounds, start: i64) -> bool {
        let mark = site.mark(commits, bounds.partition);
        let offset = site.committed(commits, bounds.partition).map(|commit| commit.offset);
        mark.is_some_and(|mark| {
            let moved = matches!(self.at, Start::End | Start::Time(_)) && mark.start < start;
            mark.plan.is_none()
                && offset == Some(mark.start)
                && usize::try_from(mark.known) == Ok(site.partitions.len())
                && (mark.start == start || moved)
        })
    }

    fn conflict(&self, site: &Site, commits: &Commits) -> Error {
        let (group, topic) = (&self.group, &site.topic);
        let reset = format!("topic-admin reset {group} --topic {topic} --at earliest --yes");
        let judged = |bounds| site.judge(group, commits, bounds).err();
        // What is there says more than what is missing.
        let (there, missing): (Vec<_>, Vec<_>) =
            site.partitions.iter().partition(|at| site.committed(commits, at.partition).is_some());
        match there.into_iter().chain(missing).find_map(judged) {
            // It stands somewhere, and not well: that has an error of its own, and a way back.
            Some(error) => Error::conflict(error.message()).hint(error.advice().unwrap_or(&reset)),
            None => Error::conflict(format!("group {group} has places in topic {topic} already"))
                .hint(format!("--if-not-exists, or to begin anew: {reset}")),
        }
    }

    fn tell(&self, step: &Step) -> Result<()> {
        let (topic, partition, offset, outcome) = match step {
            Step::Stands { topic, partition, offset } => (topic, partition, offset, "exists"),
            Step::Begins(new) if self.dry_run => (&new.topic, &new.partition, &new.offset, "would_create"),
            Step::Begins(new) => (&new.topic, &new.partition, &new.offset, "created"),
        };
        print(&json!({
            "group": self.group, "topic": topic, "partition": partition, "offset": offset, "outcome": outcome,
        }))
    }
}

impl Step {
    fn stands(site: &Site, bounds: &Bounds, offset: i64) -> Self {
        Step::Stands { topic: site.topic.clone(), partition: bounds.partition, offset }
    }

    fn begins(&self) -> Option<&NewPlace> {
        match self {
            Step::Begins(new) => Some(new),
            Step::Stands { .. } => None,
        }
    }
}

fn place(site: &Site, bounds: &Bounds, start: i64, known: i32) -> NewPlace {
    NewPlace {
        topic: site.topic.clone(),
        partition: bounds.partition,
        offset: start,
        mark: site.new_mark(start, known),
    }
}

impl Reset {
    pub(super) fn run(self, admin: &Admin) -> Result<()> {
        let site = admin.site(&self.topic)?;
        let commits = admin.commits_in(&self.group, std::slice::from_ref(&site))?;
        let chosen = match self.partition {
            Some(partition) => vec![*site.bounds(partition)?],
            None => site.partitions.clone(),
        };
        chosen.iter().try_for_each(|bounds| self.refuse_where_lost(&site, &commits, bounds))?;
        let starts = admin.starts(&site, &chosen, self.at)?;
        let known =
            site.known_after(&commits, |partition| chosen.iter().any(|bounds| bounds.partition == partition));
        let places: Vec<NewPlace> = chosen
            .iter()
            .zip(starts)
            .map(|(bounds, start)| self.new_place(&site, &commits, bounds, start, known))
            .collect::<Result<_>>()?;
        places.iter().for_each(|new| self.warn_of_second_landing(&site, &commits, new));
        admin.refuse_members(&self.group)?;
        let does = self.yes && !self.dry_run;
        if does {
            admin.place(&self.group, &places)?;
        }
        for new in &places {
            let from = site.committed(&commits, new.partition).map(|commit| commit.offset);
            let mut line = json!({
                "group": self.group, "topic": new.topic, "partition": new.partition, "from": from,
                "offset": new.offset,
            });
            if let Some(plan) = &new.mark.plan {
                (line["end"], line["then"]) = (plan.end.into(), plan.then.unwrap_or(plan.end).into());
            }
            line["outcome"] = if does { "reset" } else { "would_reset" }.into();
            print(&line)?;
        }
        if does || self.dry_run {
            return Ok(());
        }
        Err(Error::usage(format!(
            "nothing was changed: this would overwrite where group {} stands",
            self.group
        ))
        .hint("--yes"))
    }

    /// The new place in a partition. What the group has landed in this very topic stays to be proven.
    fn new_place(
        &self,
        site: &Site,
        commits: &Commits,
        bounds: &Bounds,
        start: i64,
        known: i32,
    ) -> Result<NewPlace> {
        let mut new = place(site, bounds, start, known);
        let stood = stood(site, commits, bounds.partition);
        if let Some((offset, mark)) = &stood
            && start <= mark.landed(*offset)
        {
            new.mark = Mark { known, ..mark.clone() }.set_back(*offset, start);
        }
        if let Some(until) = self.until {
            let (offset, mark) = self.check_until(bounds, start, until, stood)?;
            new.mark.plan = Some(Plan::again(until, mark.landed(offset)));
            // It begins nowhere anew.
            new.mark.before.anew = mark.before.anew;
        }
        Ok(new)
    }

    /// A range that can be landed once more: there, and not in the way of a batch that was begun. Where
    /// the group stands.
    fn check_until(
        &self,
        bounds: &Bounds,
        start: i64,
        until: i64,
        stood: Option<(i64, Mark)>,
    ) -> Result<(i64, Mark)> {
        let at = format!("topic {}, partition {}", self.topic, bounds.partition);
        if until <= start || until > bounds.high {
            return Err(Error::usage(format!(
                "{at}: --until {until} lies not behind --at, which is {start}, and up to the end, which is {}",
                bounds.high
            )));
        }
        let Some((offset, mark)) = stood else {
            return Err(Error::usage(format!(
                "{at}: group {} has no good place, to go on at afterwards",
                self.group
            ))
            .hint(format!("topic-admin groups {}, which says what it has", self.group)));
        };
        match mark.plan.as_ref().filter(|plan| plan.end > offset) {
            None => Ok((offset, mark)),
            Some(plan) if plan.is_again() => {
                if offset < start || until < plan.end {
                    log::warn!(
                        "{at}: offsets {offset} to {}, which were to be landed again and are not yet, give way to these",
                        plan.end
                    );
                }
                Ok((offset, mark))
            }
            Some(plan) => Err(Error::conflict(format!(
                "{at}: a batch was begun, of offsets {offset} to {}, and is to be ended first",
                plan.end
            ))
            .hint("the command of kafka-consume once more, then this one")),
        }
    }

    /// What a partition gets that has lost records has offsets that stored ones have, and would be taken for them.
    fn refuse_where_lost(&self, site: &Site, commits: &Commits, bounds: &Bounds) -> Result<()> {
        let Some((offset, mark)) = stood(site, commits, bounds.partition) else { return Ok(()) };
        let (landed, high) = (mark.landed(offset), bounds.high);
        if landed <= high {
            return Ok(());
        }
        Err(Error::data(format!(
            "{}/{}: group {} has landed offsets up to {landed}, and it ends at {high}: records were lost",
            self.topic, bounds.partition, self.group
        ))
        .hint(anew(&self.group, &self.topic)))
    }

    /// A place before the one where the group stands lands records a second time; nobody else says so.
    fn warn_of_second_landing(&self, site: &Site, commits: &Commits, new: &NewPlace) {
        let Some((offset, mark)) = stood(site, commits, new.partition) else { return };
        let (at, landed) = (new.offset, mark.landed(offset));
        if self.until.is_some() || at >= landed {
            return;
        }
        let name = format!("{}/{}", new.topic, new.partition);
        let reset =
            format!("topic-admin reset {} --topic {} --partition {}", self.group, new.topic, new.partition);
        // From before its start on it knows nothing: it may have begun there, or have been set forward.
        let landed_before = if at < mark.start { "may have been" } else { "were" };
        log::warn!(
            "{name}: offsets {at} to {landed} {landed_before} landed before, and are stored a second time wherever the objects that hold \
             them begin or end elsewhere than the new batches (try: {reset} --at {at} --until OFFSET --yes for a missing \
             range alone; {reset} --at {landed} --yes to go on behind them)"
        );
    }
}

/// Where the group stands in a partition of this very topic, by a mark of ours.
fn stood(site: &Site, commits: &Commits, partition: i32) -> Option<(i64, Mark)> {
    Some((site.committed(commits, partition)?.offset, site.mark(commits, partition)?))
}

/// `--at` as clap reads it: the forms of a beginning.
fn parse_at(text: &str) -> Result<Start, String> {
    match text.parse() {
        Ok(Start::Last(_)) | Err(_) => Err(format!(
            "'{text}' is no place to begin; write earliest, latest, 1200, @2026-11-20T08:00:00Z or @1763625600000"
        )),
        Ok(start) => Ok(start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_absolute() {
        assert_eq!(parse_at("earliest"), Ok(Start::Beginning));
        assert_eq!(parse_at("latest"), Ok(Start::End));
        assert_eq!(parse_at("@1000"), Ok(Start::Time(1000)));
        assert_eq!(parse_at("12"), Ok(Start::Offset(12)));
        for text in ["-5", "soon", "", "@"] {
            assert!(parse_at(text).unwrap_err().contains("earliest"), "{text}");
        }
    }
}
