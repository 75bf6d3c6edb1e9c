//! `--summary[=FILE]`: one line of JSON on what a run did, on stderr or in a file.
//!
//! The file is opened before any work is done: a path that cannot be written is told at once, and
//! yesterday's summary is never taken for today's.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::run::{Error, Result, progress};

/// Where the summary goes.
#[derive(Debug)]
pub struct Summary(Option<(File, String)>);

impl Summary {
    /// Opens the file, empty; `-` is stderr.
    pub fn open(target: &Path) -> Result<Self> {
        if target.as_os_str() == "-" {
            return Ok(Self(None));
        }
        let name = target.display().to_string();
        let file = File::create(target).map_err(|cause| failed(&name, &cause))?;
        Ok(Self(Some((file, name))))
    }

    /// Writes the line.
    pub fn write(&mut self, summary: &Value) -> Result<()> {
        let line = format!("{summary}\n");
        match &mut self.0 {
            Some((file, name)) => file.write_all(line.as_bytes()).map_err(|cause| failed(name, &cause)),
            // A stderr that cannot be written to has nobody to tell.
            None => {
                progress::suspend(|| drop(std::io::stderr().write_all(line.as_bytes())));
                Ok(())
            }
        }
    }
}

fn failed(name: &str, cause: &std::io::Error) -> Error {
    Error::io(format!("cannot write {name}"), cause)
}
