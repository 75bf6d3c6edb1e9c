//! `s3-put`: stores stdin as one object, all or nothing.

use std::sync::Arc;

use ::log::warn;

use super::{Command, Kind, Page};
use crate::run::{Error, Process, Result, log, units};
use crate::s3::{self, Location, S3Args, Schedule, Seen, Store, Target, Upload};
use crate::stream::{Options, Reading, Stage};

/// Metadata under these names belongs to batches.
const RESERVED: &str = "sluicebox-";
/// S3 takes this much metadata, names and values together.
const METADATA_BYTES: usize = 2048;

/// The options of `s3-put`.
#[derive(clap::Args, Debug)]
pub struct S3Put {
    /// Where to: s3://BUCKET/KEY
    #[arg(value_name = "URL")]
    url: Location,

    /// Fail with exit 4 if the object exists
    #[arg(long)]
    create_only: bool,

    /// Metadata to store with the object; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = metadata)]
    metadata: Vec<(String, String)>,

    /// Content type [default: by the extension of the key]
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,

    /// Size of the first part; later ones grow to 16 times that
    ///
    /// It takes four times the memory, and the largest object is 79,000 times as large.
    #[arg(long, hide_short_help = true, value_name = "SIZE", value_parser = schedule, default_value = "8MiB")]
    part_size: Schedule,

    /// Check the destination and the credentials; read and write nothing
    #[arg(long)]
    dry_run: bool,

    /// Store an empty object when a pipe ends without a byte and without a seal
    #[arg(long)]
    allow_empty: bool,

    #[command(flatten)]
    s3: S3Args,

    #[command(flatten)]
    stream: Options,

    #[command(flatten)]
    reading: Reading,
}

impl Command for S3Put {
    const PAGE: Page = Page {
        name: "s3-put",
        kind: Kind::Sink,
        about: "store stdin as one S3 object, all or nothing",
        description: "Reads stdin to its end and stores it as the object at URL. The object becomes visible at \
            once and whole, after the last byte, and in a sealed stream after the seal was checked; if anything \
            fails before, nothing is visible and no part of an upload stays behind. An empty file makes an \
            empty object; a pipe that ends without a byte, and without a seal, is refused without \
            --allow-empty: that is what a stage leaves behind that failed at its start.\n\n\
            After a first SIGINT or SIGTERM it reads on to the end of its input, as every stage but the source \
            does. Then a sealed stream is stored if its closing seal came; one without a seal may be a part, so \
            nothing is stored and s3-put ends by the signal. A second signal, or --drain-timeout, ends it at once, \
            and nothing is visible.\n\n\
            The destination is looked at first: a bucket that does not exist, wrong keys or a wrong endpoint are \
            told before any input is read. Credentials that may write but not list are enough.\n\n\
            --create-only never replaces an object. The store itself decides (If-None-Match), so of two \
            writers at the same time one wins and the other ends with exit 4.\n\n\
            Input of up to one part (8 MiB) is sent in one request, more in parts, up to three at a time. Parts \
            grow late: 32 MiB of memory make objects of up to 15 GiB, 64 MiB up to 85 GiB, 256 MiB up to 617 GiB, \
            which is the most. A larger --part-size scales all of these. Failed requests are repeated (five \
            attempts, or $AWS_MAX_ATTEMPTS).\n\n\
            The rejects of a sealed stream are stored beside the object, before it, as KEY.rejects.ndjson. With \
            --create-only other rejects that are there already are not replaced (exit 4).\n\n\
            Settings and credentials are those of every AWS tool. On an endpoint that is not AWS, requests are \
            addressed by path, and carry checksums only where S3 requires them.",
        examples: &[
            ("store a file", "s3-put s3://lake/users.ndjson < users.ndjson"),
            (
                "never replace what is there",
                "s3-put --create-only s3://lake/2026-11-20.ndjson < users.ndjson",
            ),
            ("with metadata", "s3-put --metadata origin=api s3://lake/users.ndjson < users.ndjson"),
            ("check destination and credentials", "s3-put --dry-run s3://lake/users.ndjson"),
        ],
        environment: &s3::ENVIRONMENT,
        files: &[("~/.aws/config, ~/.aws/credentials", "profiles")],
        see_also: &["to-parquet", "kafka-consume"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let target = self.target()?;
        let (stage, (store, seen)) = Stage::open(process, &self.stream)?.prepare(|| self.look(&target))?;
        if self.dry_run {
            Self::tell(&target, seen);
            return stage.done();
        }
        let upload =
            Upload::start(&store, target, self.part_size, Arc::new(|left_over| warn!("{left_over}")));
        let handle = upload.abort_handle();
        let _guard = process.signals.on_abort(handle.clone().into_hook());
        let outcome = stage.store(&self.reading, self.allow_empty, upload);
        match process.signals.first() {
            Some(signal) if handle.was_used() => Err(Error::signal(signal)),
            _ => outcome,
        }
    }
}

impl S3Put {
    /// The validated destination.
    fn target(&self) -> Result<Target> {
        let location = s3::key_for(&self.url, None)?;
        let size: usize = self.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
        if size > METADATA_BYTES {
            return Err(Error::usage(format!("{size} bytes of metadata; S3 takes at most {METADATA_BYTES}")));
        }
        let by_extension = || s3::content_type(location.key()).to_owned();
        Ok(Target {
            content_type: self.content_type.clone().unwrap_or_else(by_extension),
            create_only: self.create_only,
            metadata: self.metadata.clone(),
            location,
        })
    }

    /// Looks at the destination, so that a wrong one is told before any input is read.
    fn look(&self, target: &Target) -> Result<(Store, Seen)> {
        let store = Store::open(&self.s3)?;
        let seen = store.look_at(&target.location)?;
        if seen == Seen::Taken && target.create_only {
            return Err(Error::conflict(format!("{} exists already", target.location))
                .hint("another key, or without --create-only"));
        }
        Ok((store, seen))
    }

    /// Tells a person what a dry run found.
    fn tell(target: &Target, seen: Seen) {
        let found = match seen {
            Seen::Free => "the bucket exists, the object does not",
            Seen::Taken => "the object exists and would be replaced",
            Seen::Hidden => "these credentials may not look; whether they may write shows only then",
        };
        log::say(&format!("{}: {found}", target.location));
    }
}

/// `NAME=VALUE` as HTTP can carry it.
fn metadata(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("'{text}' is no NAME=VALUE"))?;
    let name = name.to_ascii_lowercase();
    if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
        return Err(format!("'{name}' is no metadata name; a-z, 0-9, '-', '_' and '.' are allowed"));
    }
    if name.starts_with(RESERVED) {
        return Err(format!("metadata names that start with {RESERVED} are set by batches"));
    }
    if !value.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return Err(format!("the value of {name} must be printable ASCII"));
    }
    Ok((name, value.trim().to_owned()))
}

/// The size of the first part.
fn schedule(text: &str) -> Result<Schedule, String> {
    Schedule::starting(units::bytes(text)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_what_http_can_carry() {
        assert_eq!(metadata("Origin=a=b "), Ok(("origin".into(), "a=b".into())));
        for wrong in ["origin", "=x", "a b=x", "ü=x", "a=ü", "a=\n", "sluicebox-partition=3"] {
            assert!(metadata(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_part_size_is_one_that_s3_takes() {
        assert!(schedule("8MiB").is_ok() && schedule("4MiB").is_err() && schedule("6GiB").is_err());
    }
}
