//! The driver of sinks that take records.

use serde_json::Value;

use super::Stage;
use crate::run::{Error, Result};
use crate::stream::counts::Facts;
use crate::stream::input::{Event, Input};
use crate::stream::options::Reading;
use crate::stream::record::Record;
use crate::stream::reject::{Reject, Trouble};
use crate::stream::report;
use crate::stream::seal::Sealed;
use crate::stream::shapes::Sink;
use crate::stream::stdio::Stdin;

impl Stage<'_> {
    /// Feeds stdin to `sink` and publishes when the input has ended well.
    ///
    /// `allow_partial`: take a sealed input although the sink cannot publish all or nothing.
    pub fn sink(mut self, reading: &Reading, allow_partial: bool, mut sink: impl Sink) -> Result<()> {
        let mut sealed = None;
        let result = match self.feed(reading, allow_partial, &mut sink, &mut sealed) {
            Ok(()) => sink.publish(sealed.as_ref()).inspect(|_| report::published(self.counts.passed)),
            Err(error) => {
                let facts = sink.facts();
                let delivered = facts.get("delivered").and_then(Value::as_u64);
                if let Some(records) = delivered.or(sink.atomic().then_some(0)) {
                    report::published(records);
                }
                drop(sink);
                Err(with_facts(error, &facts))
            }
        };
        self.end(sealed.is_some(), result)
    }

    fn feed(
        &mut self,
        reading: &Reading,
        allow_partial: bool,
        sink: &mut impl Sink,
        sealed: &mut Option<Sealed>,
    ) -> Result<()> {
        self.refuse_to_seal()?;
        let mut input = self.input(reading)?;
        let arrived = input.open()?.cloned();
        *sealed = self.continue_seal(arrived, input.is_empty())?;
        if sealed.is_some() && !allow_partial && !sink.atomic() && !sink.repeatable() {
            return Err(Error::usage("the input is sealed, but what is published here cannot be taken back")
                .hint("--allow-partial to publish each record as it comes"));
        }
        self.judge_for_all(sealed.as_ref())?;
        self.begin()?;
        sink.begin(sealed.as_ref())?;
        let fed = self.feed_records(&mut input, sink);
        self.note_input(&input);
        self.counts.written = self.counts.passed;
        fed?;
        self.rejects.settle(self.entered())?;
        // What cannot take anything back has sent most of it already, and sends the rest.
        if sink.atomic() { self.refuse_part(sealed.is_some(), "nothing was published") } else { Ok(()) }
    }

    fn feed_records(&mut self, input: &mut Input<Stdin>, sink: &mut impl Sink) -> Result<()> {
        loop {
            match input.next_event()? {
                Event::Record(record) => self.feed_one(&record, sink)?,
                Event::Refused(reason, record) => {
                    sink.reject(&self.refuse(&record, &Reject::new(reason))?)?
                }
                Event::Travelling(refusal) => {
                    self.rejects.receive(&refusal, 0)?;
                    sink.reject(&refusal)?;
                }
                Event::Idle => {
                    self.note_input(input);
                    sink.idle()?;
                }
                Event::End => return Ok(()),
            }
        }
    }

    fn feed_one(&mut self, record: &Record<'_>, sink: &mut impl Sink) -> Result<()> {
        match sink.record(record) {
            Ok(()) => {
                self.counts.passed += 1;
                Ok(())
            }
            Err(Trouble::Reject(reject)) => sink.reject(&self.refuse(record, &reject)?),
            Err(Trouble::Fail(error)) => Err(error),
        }
    }
}

/// What a failed sink has done all the same, behind the cause.
fn with_facts(error: Error, facts: &Facts) -> Error {
    if facts.is_empty() {
        return error;
    }
    let told: Vec<String> = facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
    error.and(told.join(", "))
}
