//! `--summary[=FILE]`: one line of JSON on what a run did, on stderr or in a file.

use std::io::Write;
use std::path::Path;

use serde_json::Value;

use super::side::SideFile;
use crate::run::{Result, progress};

/// Where the summary goes.
#[derive(Debug)]
pub struct Summary(Option<SideFile>);

impl Summary {
    /// Opens the file; `-` is stderr.
    pub fn open(target: &Path) -> Result<Self> {
        let is_stderr = target.as_os_str() == "-";
        (!is_stderr).then(|| SideFile::create(target)).transpose().map(Self)
    }

    /// Empties the file: a run that is killed must not leave the summary of another.
    pub fn begin(&mut self) -> Result<()> {
        self.0.as_mut().map_or(Ok(()), SideFile::begin)
    }

    /// Writes the line.
    pub fn write(&mut self, summary: &Value) -> Result<()> {
        let line = summary.to_string();
        match &mut self.0 {
            Some(file) => file.write_line(line.as_bytes()),
            // A stderr that cannot be written to has nobody to tell.
            None => {
                progress::suspend(|| drop(std::io::stderr().write_all(format!("{line}\n").as_bytes())));
                Ok(())
            }
        }
    }
}
