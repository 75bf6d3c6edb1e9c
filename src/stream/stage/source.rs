//! The driver of sources.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

use super::Stage;
use crate::run::{Error, Result, Stop};
use crate::stream::counts::Facts;
use crate::stream::output::{Output, RecordOut};
use crate::stream::rejects::Judge;
use crate::stream::shapes::Source;
use crate::stream::stdio;

impl Stage<'_> {
    /// Runs a source to its end, or until a signal stops it: then what it gave is flushed, no
    /// closing seal is written, and the process dies by that signal; or until its reader has gone.
    pub fn source(mut self, mut source: impl Source) -> Result<()> {
        let sealed = self.options.seal || self.insists;
        let result = self.run_source(&mut source, sealed);
        self.end(sealed, result.map(|()| Facts::new()))
    }

    fn run_source(&mut self, source: &mut impl Source, sealed: bool) -> Result<()> {
        let seal = if sealed { Some(self.begin_seal()?) } else { None };
        if sealed {
            self.rejects.judged_by(Judge::Sink);
        }
        let stdout = stdio::stdout()?;
        self.clear_terminal();
        self.begin()?;
        let mut output = Output::new(Box::new(stdout), seal)?;
        let stop = self.process.signals.stop();
        let gone = watch_reader(&stop)?;
        let mut out = RecordOut {
            output: &mut output,
            counts: &mut self.counts,
            rejects: &mut self.rejects,
            progress: &self.progress,
        };
        let ran = source.run(&mut out, &stop);
        // What was given before a failure is whole records, and goes out.
        let flushed = out.flush();
        self.counts.written = output.written;
        self.bytes_written = output.bytes;
        let ended = ran.and(flushed).and_then(|()| match gone.load(SeqCst) {
            true => Err(Error::broken_pipe()),
            false => Ok(()),
        });
        if let Some(signal) = self.process.signals.first()
            // Ctrl-C takes the reader away as well.
            && ended.as_ref().map_or_else(Error::is_broken_pipe, |()| true)
        {
            return Err(Error::signal(signal));
        }
        ended?;
        self.rejects.settle(self.counts.read)?;
        let closed = output.close(self.stages());
        self.bytes_written = output.bytes;
        closed
    }
}

/// Stops the source when the reader of stdout goes away, which it would learn by its next record only.
fn watch_reader(stop: &Stop) -> Result<Arc<AtomicBool>> {
    let gone = Arc::new(AtomicBool::new(false));
    let (noted, stop) = (Arc::clone(&gone), stop.clone());
    stdio::on_reader_gone(move || {
        noted.store(true, SeqCst);
        stop.raise();
    })?;
    Ok(gone)
}
