//! Diagnostics on stderr, one line each, in the form that fits where stderr goes.
//!
//! | stderr is | form |
//! |---|---|
//! | a terminal, a pipe | `hash-fields: warning: …` |
//! | journald (`$JOURNAL_STREAM`) | `<4>hash-fields: …`: a priority, no timestamp |
//! | a regular file | RFC 3339 time, then the line |
//! | anything, with `--log-format json` | `{"time":…,"level":…,"command":…,"message":…}` |
//!
//! The libraries' own lines (librdkafka's among them) go the same way. Errors and warnings are
//! always printed unless `-q` (errors only); `-v` adds what the command does, `-vv` what its
//! libraries do.

use std::io::{IsTerminal, Write};
use std::os::unix::fs::MetadataExt;
use std::sync::OnceLock;

use log::{Level, LevelFilter, Log, Metadata, Record};

use super::progress;

/// The form of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Chosen by where stderr goes.
    #[default]
    Auto,
    /// Plain text.
    Text,
    /// JSON lines.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Timed,
    Journal,
    Json,
}

struct Logger {
    command: &'static str,
    form: Form,
    libraries: bool,
}

static LOGGER: OnceLock<Logger> = OnceLock::new();

/// Starts logging for `command`. `verbosity`: -1 errors only, 0 warnings, 1 what it does, 2 all.
pub fn init(command: &'static str, verbosity: i8, format: Format) {
    let form = match format {
        Format::Json => Form::Json,
        Format::Text => Form::Plain,
        Format::Auto => form_of_stderr(),
    };
    let logger = LOGGER.get_or_init(|| Logger { command, form, libraries: verbosity >= 2 });
    if log::set_logger(logger).is_ok() {
        log::set_max_level(match verbosity {
            i8::MIN..=-1 => LevelFilter::Error,
            0 => LevelFilter::Warn,
            1 => LevelFilter::Info,
            _ => LevelFilter::Debug,
        });
    }
}

/// Tells a person something that is no warning, unless `-q`.
pub fn say(message: &str) {
    if let Some(logger) = LOGGER.get().filter(|_| log::max_level() >= LevelFilter::Warn) {
        let line = logger.line(Level::Info, message);
        progress::suspend(|| drop(std::io::stderr().write_all(line.as_bytes())));
    }
}

/// Whether what is printed goes into the journal: a log that is searched, and not mailed.
pub fn is_journal() -> bool {
    form_of_stderr() == Form::Journal
}

fn form_of_stderr() -> Form {
    let stderr = std::io::stderr();
    if stderr.is_terminal() {
        return Form::Plain;
    }
    let Ok(meta) = std::fs::metadata("/proc/self/fd/2") else { return Form::Plain };
    let journal = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    if journal == format!("{}:{}", meta.dev(), meta.ino()) {
        Form::Journal
    } else if meta.is_file() {
        Form::Timed
    } else {
        Form::Plain
    }
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Libraries chatter at info and below; their warnings are wanted.
        self.libraries || metadata.level() <= Level::Warn || metadata.target().starts_with("sluicebox")
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = self.line(record.level(), &record.args().to_string());
            // A stderr that cannot be written to has nobody to tell.
            progress::suspend(|| drop(std::io::stderr().write_all(line.as_bytes())));
        }
    }

    fn flush(&self) {}
}

impl Logger {
    fn line(&self, level: Level, message: &str) -> String {
        let command = self.command;
        let message = message.trim_end().replace('\n', " ");
        let label = match level {
            Level::Warn => "warning: ",
            Level::Debug | Level::Trace => "debug: ",
            Level::Error | Level::Info => "",
        };
        match self.form {
            Form::Plain => format!("{command}: {label}{message}\n"),
            Form::Timed => format!("{} {command}: {label}{message}\n", now()),
            Form::Journal => format!("<{}>{command}: {message}\n", priority(level)),
            Form::Json => {
                let level = level.as_str().to_ascii_lowercase();
                let object = serde_json::json!({
                    "time": now(), "level": level, "command": command, "message": message,
                });
                format!("{object}\n")
            }
        }
    }
}

/// syslog(3) priorities.
fn priority(level: Level) -> u8 {
    match level {
        Level::Error => 3,
        Level::Warn => 4,
        Level::Info => 6,
        Level::Debug | Level::Trace => 7,
    }
}

fn now() -> String {
    let now = jiff::Timestamp::now();
    format!("{now:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logger(form: Form) -> Logger {
        Logger { command: "s3-put", form, libraries: false }
    }

    #[test]
    fn a_line_is_one_line_in_every_form() {
        let plain = logger(Form::Plain).line(Level::Warn, "one\ntwo\n");
        assert_eq!(plain, "s3-put: warning: one two\n");
        assert_eq!(logger(Form::Plain).line(Level::Error, "gone"), "s3-put: gone\n");
        assert_eq!(logger(Form::Journal).line(Level::Warn, "slow"), "<4>s3-put: slow\n");
        let timed = logger(Form::Timed).line(Level::Error, "gone");
        assert!(timed.ends_with("Z s3-put: gone\n") && timed.starts_with("20"), "{timed}");
    }

    #[test]
    fn json_lines_are_json() {
        let line = logger(Form::Json).line(Level::Error, "a \"quoted\" cause");
        let value: serde_json::Value = serde_json::from_str(&line).expect("the line is JSON");
        assert_eq!(value["level"], "error");
        assert_eq!(value["message"], "a \"quoted\" cause");
    }
}
