//! Rejects of a stage: the allowance, `--rejects FILE`, `--rejects-raw FILE`.
//!
//! In a plain stream every stage judges its own rejects. In a sealed stream rejects travel along,
//! and the sink alone judges all of them.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use super::record::Position;
use super::reject::Reject;
use super::seal::Refusal;
use super::side::SideFile;
use crate::run::units::grouped;
use crate::run::{Error, Result};

/// How far a share is off by being a floating-point number.
const SHARE_ERROR: f64 = 1e-12;

/// How much memory the rejects may take that a sink keeps, to store them beside the records.
const MOST_KEPT: usize = 64 << 20;

/// Whether a sink may keep rejects of so many bytes.
pub fn may_be_kept(bytes: usize) -> Result<()> {
    if bytes <= MOST_KEPT {
        return Ok(());
    }
    Err(Error::data("more than 64 MiB of rejects: this is not the data that was expected")
        .hint("a smaller --max-rejects at the source"))
}

/// How many records may be rejected: `N`, `N%`, or a share such as `0.01`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Allowance {
    /// At most this many, judged at once.
    Count(u64),
    /// At most this share of the records, judged at the end.
    Share(f64),
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Allowance::Count(count) => write!(f, "{count}"),
            // A share of exactly 0 or 1 must not read back as a count.
            Allowance::Share(share) => write!(f, "{}%", percent(*share)),
        }
    }
}

/// A share in percent as a person would write it: 29 rather than 28.999999999999996.
fn percent(share: f64) -> f64 {
    let rounded = (share * 1e10).round() / 1e8;
    if rounded / 100.0 == share { rounded } else { share * 100.0 }
}

impl FromStr for Allowance {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("'{text}' is no allowance; write a count (10), a percentage (1%) or a share (0.01)");
        if let Ok(count) = text.parse() {
            return Ok(Allowance::Count(count));
        }
        let share = match text.strip_suffix('%') {
            Some(percent) => percent.parse::<f64>().map_err(|_| wrong())? / 100.0,
            None => text.parse().map_err(|_| wrong())?,
        };
        if (0.0..=1.0).contains(&share) { Ok(Allowance::Share(share)) } else { Err(wrong()) }
    }
}

impl Allowance {
    /// Whether `rejected` of `read` records is more than allowed; a share only counts at the end.
    fn is_passed(self, rejected: u64, read: u64, at_end: bool) -> bool {
        match self {
            Allowance::Count(count) => rejected > count,
            // 29% of 100 records are 29, though 0.29 * 100.0 is a little less.
            Allowance::Share(share) => {
                at_end && rejected as f64 - share * read as f64 > read as f64 * SHARE_ERROR
            }
        }
    }
}

/// Who judges the rejects of this stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Judge {
    /// This stage, by its own allowance.
    Here(Allowance),
    /// The sink at the end of the sealed stream.
    Sink,
}

/// The rejects of one stage.
pub struct Rejects {
    stage: &'static str,
    judge: Judge,
    list: Option<SideFile>,
    raw: Option<SideFile>,
    count: u64,
    first: Option<String>,
    /// What to do about the first one, where it can be told.
    advice: Option<String>,
    /// How such a record could be kept, rather than left out.
    keeping: Option<&'static str>,
    /// Whether they are those of a batch, whose allowance is with its source, and whose account with its object.
    of_batch: bool,
}

impl Rejects {
    /// Opens the two files, which stay as they are until [`begin`](Self::begin).
    pub fn open(stage: &'static str, judge: Judge, list: Option<&Path>, raw: Option<&Path>) -> Result<Self> {
        let list = list.map(SideFile::create).transpose()?;
        // Raw records hold what the stage could not pseudonymise: for the owner's eyes alone.
        let raw = raw.map(SideFile::create_private).transpose()?;
        Ok(Self {
            stage,
            judge,
            list,
            raw,
            count: 0,
            first: None,
            advice: None,
            keeping: None,
            of_batch: false,
        })
    }

    /// Empties the two files, so that yesterday's rejects are not taken for today's.
    pub fn begin(&mut self) -> Result<()> {
        self.list.iter_mut().chain(&mut self.raw).try_for_each(SideFile::begin)
    }

    /// Who judges. Known only once the input was opened.
    pub fn judged_by(&mut self, judge: Judge) {
        self.judge = judge;
    }

    /// They are those of a batch of `kafka-consume --group`.
    pub fn are_of_a_batch(&mut self) {
        self.of_batch = true;
    }

    /// Whether this stage judges, rather than the sink.
    pub fn are_judged_here(&self) -> bool {
        self.judge != Judge::Sink
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Refuses one record of this stage.
    pub fn refuse(&mut self, position: &Position, reject: &Reject, raw: &[u8], read: u64) -> Result<Refusal> {
        let refusal = Refusal::new(self.stage, position, reject);
        if let Some(file) = &mut self.raw {
            file.write_line(raw)?;
        }
        if self.count == 0 {
            self.advice = advice(raw).map(str::to_owned).or_else(|| reject.hint.clone());
        }
        self.add(&refusal, position.to_string(), read)?;
        Ok(refusal)
    }

    /// Counts a reject of an earlier stage where this stage, a sink, judges them all.
    pub fn receive(&mut self, refusal: &Refusal, read: u64) -> Result<()> {
        let place = match (&refusal.topic, refusal.line) {
            (Some(topic), _) => {
                let (partition, offset) = (refusal.partition.unwrap_or(-1), refusal.offset.unwrap_or(-1));
                format!("{}: topic {topic}, partition {partition}, offset {offset}", refusal.stage)
            }
            (None, line) => {
                let line = line.unwrap_or(0);
                match &refusal.file {
                    Some(file) => format!("{}: {file}: row {line}", refusal.stage),
                    None => format!("{}: line {line}", refusal.stage),
                }
            }
        };
        self.add(refusal, place, read)
    }

    fn add(&mut self, refusal: &Refusal, place: String, read: u64) -> Result<()> {
        self.count += 1;
        if let Some(file) = &mut self.list {
            file.write_line(&serde_json::to_vec(refusal).unwrap_or_default())?;
        }
        if self.first.is_none() {
            let path = refusal.path.as_ref().map(|path| format!("{path}: ")).unwrap_or_default();
            self.first = Some(format!("{place}: {path}{}", refusal.reason));
            self.keeping = keeping(&refusal.reason);
        }
        self.judge(read, false)
    }

    /// Judges the shares, at the end; within the allowance it leaves one warning.
    pub fn settle(&self, read: u64) -> Result<()> {
        self.judge(read, true)?;
        if self.count > 0 && self.judge != Judge::Sink {
            log::warn!(
                "{} of {} records rejected, within --max-rejects; the first: {}",
                grouped(self.count),
                grouped(read),
                self.first.as_deref().unwrap_or("")
            );
        }
        Ok(())
    }

    fn judge(&self, read: u64, at_end: bool) -> Result<()> {
        let Judge::Here(allowance) = self.judge else { return Ok(()) };
        if self.count == 0 || !allowance.is_passed(self.count, read, at_end) {
            return Ok(());
        }
        let first = self.first.as_deref().unwrap_or("");
        let error = match allowance {
            Allowance::Count(0) => Error::data(first),
            Allowance::Count(allowed) => Error::data(format!(
                "more than {} record{} rejected; the first: {first}",
                grouped(allowed),
                if allowed == 1 { "" } else { "s" }
            )),
            Allowance::Share(_) => Error::data(format!(
                "{} of {} records rejected, {allowance} allowed; the first: {first}",
                grouped(self.count),
                grouped(read)
            )),
        };
        let hints: Vec<&str> = self.keeping.into_iter().chain(self.hint(allowance)).collect();
        let error = error.of_rejects();
        Err(if hints.is_empty() { error } else { error.hint(hints.join("; ")) })
    }

    /// What to type next, that was not typed before.
    fn hint(&self, allowance: Allowance) -> Option<&str> {
        match (self.advice.as_deref(), allowance, self.list.is_some()) {
            (Some(advice), ..) => Some(advice),
            (None, Allowance::Count(0), _) if self.of_batch => Some(
                "the command or its schema, if that is wrong; or kafka-consume with --max-rejects N, to land the others",
            ),
            (None, ..) if self.of_batch => Some("a larger --max-rejects of kafka-consume"),
            (None, Allowance::Count(0), true) => Some("--max-rejects N to go on without such records"),
            (None, Allowance::Count(0), false) => {
                Some("--max-rejects N to go on without such records, --rejects FILE to list them")
            }
            (None, _, true) => None,
            (None, _, false) => Some("--rejects FILE to list them"),
        }
    }
}

/// What to type so that such records are kept, where that is known by the reason.
fn keeping(reason: &str) -> Option<&'static str> {
    reason
        .starts_with("not in the schema")
        .then_some("the field in the schema, or --unknown column=NAME to keep what it has no column for")
}

/// What a line says by its look of the whole input, for a person who did not expect it.
fn advice(line: &[u8]) -> Option<&'static str> {
    match line.trim_ascii() {
        b"{" => Some("one record a line: jq -c . < FILE"),
        [b'[', ..] => Some("one object a line: jq -c '.[]' < FILE"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejects(allowance: &str) -> Rejects {
        let judge = Judge::Here(allowance.parse().expect("an allowance"));
        Rejects::open("hash-fields", judge, None, None).expect("no files")
    }

    fn refuse(rejects: &mut Rejects, line: u64) -> Result<Refusal> {
        rejects.refuse(&Position::Line(line), &Reject::at("a.b", "missing field"), b"{}", line)
    }

    #[test]
    fn the_default_allowance_is_none_and_names_place_path_and_reason() {
        let error = refuse(&mut rejects("0"), 17).expect_err("none are allowed");
        assert_eq!(error.message(), "line 17: a.b: missing field");
    }

    #[test]
    fn a_hint_says_nothing_that_was_done_already() {
        let hint = |list: Option<&str>, allowance: &str, line: &[u8]| {
            let judge = Judge::Here(allowance.parse().expect("an allowance"));
            let mut rejects = Rejects::open("via", judge, list.map(Path::new), None).expect("no files");
            let reject = Reject::new("not a JSON object");
            let refused = rejects.refuse(&Position::Line(1), &reject, line, 1);
            refused.map(drop).and_then(|()| rejects.settle(1)).expect_err("past the allowance").to_string()
        };
        assert!(hint(None, "0", b"1").ends_with("--rejects FILE to list them)"));
        assert!(hint(None, "0.1", b"1").ends_with("(try: --rejects FILE to list them)"));
        assert!(
            hint(Some("/dev/null"), "0", b"1")
                .ends_with("(try: --max-rejects N to go on without such records)")
        );
        assert!(!hint(Some("/dev/null"), "0.1", b"1").contains("(try: "));
        assert!(hint(None, "0", b"{\r").ends_with("(try: one record a line: jq -c . < FILE)"));
        assert!(hint(None, "0", b"[{\"a\":1}]").ends_with("jq -c '.[]' < FILE)"));
        assert!(hint(None, "0", b"{\"a\":").ends_with("--rejects FILE to list them)"));
    }

    #[test]
    fn a_hint_names_what_works_in_a_batch_and_what_keeps_the_record_before_what_drops_it() {
        let told = |allowance: &str, of_batch: bool, reason: &'static str| {
            let mut rejects = rejects(allowance);
            if of_batch {
                rejects.are_of_a_batch();
            }
            let refused = rejects.refuse(&Position::Line(1), &Reject::at("zip", reason), b"{}", 1);
            let error = refused.map(drop).and_then(|()| rejects.settle(1)).expect_err("past the allowance");
            assert!(error.is_of_rejects());
            error.to_string()
        };
        for allowance in ["0", "10%"] {
            let hint = told(allowance, true, "missing field");
            assert!(hint.contains("--max-rejects") && !hint.contains("--rejects FILE"), "{hint}");
        }
        let hint = told("0", false, "not in the schema");
        let at = |word: &str| hint.find(word).unwrap_or_else(|| panic!("{word}: {hint}"));
        assert!(at("the field in the schema") < at("--unknown column=NAME"));
        assert!(at("--unknown column=NAME") < at("--max-rejects N"));
    }

    #[test]
    fn a_count_is_judged_at_once_and_a_share_at_the_end() {
        let mut two = rejects("2");
        assert!(refuse(&mut two, 1).is_ok() && refuse(&mut two, 2).is_ok());
        assert!(refuse(&mut two, 3).is_err());

        let mut share = rejects("50%");
        assert!(refuse(&mut share, 1).is_ok());
        assert!(share.settle(1).is_err());
        assert!(share.settle(2).is_ok());
    }

    #[test]
    fn a_share_is_exact_to_the_record() {
        for percent in 0..=100 {
            let share: Allowance = format!("{percent}%").parse().expect("a share");
            let again: Allowance = share.to_string().parse().expect("a share");
            for share in [share, again] {
                assert!(!share.is_passed(percent, 100, true), "{percent}");
                assert!(share.is_passed(percent + 1, 100, true), "{percent}");
                assert!(!share.is_passed(percent * 10_000_000, 1_000_000_000, true), "{percent}");
                assert!(share.is_passed(percent * 10_000_000 + 1, 1_000_000_000, true), "{percent}");
            }
        }
        assert!(!Allowance::Share(0.0).is_passed(0, 0, true));
        for text in ["29%", "24%", "0.1%", "0%", "100%", "33.3%"] {
            assert_eq!(text.parse::<Allowance>().expect("a share").to_string(), text);
        }
    }

    #[test]
    fn allowances_read_as_documented() {
        assert_eq!("10".parse(), Ok(Allowance::Count(10)));
        assert_eq!("1%".parse(), Ok(Allowance::Share(0.01)));
        assert_eq!("0.01".parse(), Ok(Allowance::Share(0.01)));
        assert!("101%".parse::<Allowance>().is_err() && "-1".parse::<Allowance>().is_err());
    }
}
