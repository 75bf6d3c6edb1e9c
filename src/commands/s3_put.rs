//! `s3-put`: stores stdin as one object, all or nothing.

use std::sync::Arc;

use ::log::warn;

use super::{Command, Kind, Page};
use crate::batch::{Batch, Mandate};
use crate::run::{Error, Process, Result, log, units};
use crate::s3::{
    self, AbortHandle, Claim, Location, Place, S3Args, Schedule, Seen, Store, Target, Upload, Warn,
};
use crate::stream::{ByteSink, Options, Reading, Stage};

/// Metadata under these names belongs to batches.
const RESERVED: &str = "sluicebox-";
/// S3 takes this much metadata, names and values together.
const METADATA_BYTES: usize = 2048;
/// What the range of a batch needs of it, with the longest name of a topic.
const BATCH_METADATA_BYTES: usize = 512;

/// The options of `s3-put`.
#[derive(clap::Args, Debug)]
pub struct S3Put {
    /// Where to: s3://BUCKET/KEY; in a batch also s3://BUCKET/PREFIX/
    #[arg(value_name = "URL")]
    url: Location,

    /// Fail with exit 4 if the object exists
    #[arg(long)]
    create_only: bool,

    /// How the name ends that a batch makes under a prefix
    #[arg(long, value_name = "SUFFIX", value_parser = suffix, default_value = s3::SUFFIX)]
    suffix: String,

    /// Metadata to store with the object; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = metadata)]
    metadata: Vec<(String, String)>,

    /// Content type [default: by the extension of the key]
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,

    /// Size of the first part; later ones grow to 16 times that [default: 8MiB]
    ///
    /// It takes four times the memory, and the largest object is 79,000 times as large. Input of up to one
    /// part is sent in one request; without this option, of up to three.
    #[arg(long, hide_short_help = true, value_name = "SIZE", value_parser = schedule)]
    part_size: Option<Schedule>,

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
            writers at the same time one wins and the other ends with exit 4. A store that ignores the \
            condition decides nothing: then only the look before stands against a second writer.\n\n\
            In a batch of kafka-consume --group (the environment says so) s3-put s3://lake/users/ makes \
            the name itself, dt=$BATCH_DATE/$BATCH.parquet, and an explicit key must hold $BATCH. The object is \
            made once, whoever tries: if it is there with the same range, all is done (exists); with another \
            end, that end holds (adopted); anything else there is exit 4. The range of offsets is stored as its \
            metadata. --suffix .csv or .ndjson names what is no Parquet file; what the name says is checked. Before a \
            process relies on the condition it proves that the store honours it, on a permanent small object, \
            _sluicebox/condition at the root of the data set, and refuses a store that does not.\n\n\
            Input of up to 24 MiB is sent in one request, more in parts of 8 MiB, side by side. Parts grow late: \
            32 MiB of memory make objects of up to 15 GiB, 64 MiB up to 85 GiB, 256 MiB up to 617 GiB, which is \
            the most. A larger --part-size scales all of these. Failed requests are repeated (five attempts, or \
            $AWS_MAX_ATTEMPTS).\n\n\
            The rejects of a sealed stream are stored beside the object, before it, as KEY.rejects.ndjson. With \
            --create-only other rejects that are there already are not replaced (exit 4). In a batch their name \
            holds the range and a digest, and begins with _, so that readers of the data set skip it.\n\n\
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
        see_also: &["to-parquet", "kafka-consume", "s3-verify"],
    };

    fn run(self, process: &Process) -> Result<()> {
        Mandate::refuse(process.name)?;
        let batch = Batch::from_environment()?;
        let target = self.target(batch.as_ref())?;
        match batch {
            Some(batch) => self.land(process, batch, target),
            None => self.put(process, target),
        }
    }
}

impl S3Put {
    /// Stores an object by itself.
    fn put(self, process: &Process, target: Target) -> Result<()> {
        let stage = Stage::open(process, &self.stream)?.without_progress(self.dry_run);
        let (stage, (store, seen)) = stage.prepare(|| self.look(&target))?;
        if self.dry_run {
            Self::tell(&target, seen);
            return stage.done();
        }
        let upload = Upload::start(&store, target, self.part_size.unwrap_or_default(), warner());
        let handle = upload.abort_handle();
        self.finish(process, stage, upload, Some(handle))
    }

    /// Stores the object of a batch, once.
    fn land(self, process: &Process, batch: Batch, target: Target) -> Result<()> {
        let look = || Place::look(&Store::open(&self.s3)?, batch, target, self.url.is_prefix());
        let (stage, place) =
            Stage::open(process, &self.stream)?.without_progress(self.dry_run).prepare(look)?;
        if self.dry_run {
            log::say(&format!("{}: {}", place.location(), place.described()));
            return stage.done();
        }
        let (stage, landing) = stage.prepare(|| place.land(self.part_size.unwrap_or_default(), warner()))?;
        let handle = landing.abort_handle();
        self.finish(process, stage, landing, handle)
    }

    /// Feeds the input to the sink, which leaves nothing behind if a signal ends it.
    fn finish(
        &self,
        process: &Process,
        stage: Stage<'_>,
        sink: impl ByteSink,
        handle: Option<AbortHandle>,
    ) -> Result<()> {
        let _guard = handle.clone().map(|handle| process.signals.on_abort(handle.into_hook()));
        let outcome = stage.store(&self.reading, self.allow_empty, sink);
        match process.signals.first() {
            Some(signal) if handle.is_some_and(|handle| handle.was_used()) => Err(Error::signal(signal)),
            _ => outcome,
        }
    }

    /// The validated destination.
    fn target(&self, batch: Option<&Batch>) -> Result<Target> {
        let location = s3::key_for(&self.url, batch, &self.suffix)?;
        let size: usize = self.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
        let most = METADATA_BYTES - batch.map_or(0, |_| BATCH_METADATA_BYTES);
        if size > most {
            return Err(Error::usage(format!("{size} bytes of metadata; at most {most} are left by S3")));
        }
        let by_extension = || s3::content_type(location.key()).to_owned();
        Ok(Target {
            content_type: self.content_type.clone().unwrap_or_else(by_extension),
            claim: if self.create_only { Claim::Create } else { Claim::Replace },
            metadata: self.metadata.clone(),
            location,
        })
    }

    /// Looks at the destination, so that a wrong one is told before any input is read.
    fn look(&self, target: &Target) -> Result<(Store, Seen)> {
        let store = Store::open(&self.s3)?;
        let seen = store.look_at(&target.location)?;
        if seen == Seen::Taken && self.create_only {
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

/// Where warnings go that no error can carry.
fn warner() -> Warn {
    Arc::new(|left_over| warn!("{left_over}"))
}

/// The end of a name.
fn suffix(text: &str) -> Result<String, String> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if text.len() > 1 && text.starts_with('.') && text.len() <= 32 && text.bytes().all(allowed) {
        return Ok(text.to_owned());
    }
    Err(format!("'{text}' is no suffix; write .ndjson"))
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
    fn a_suffix_is_the_end_of_a_name() {
        assert!(suffix(".ndjson").is_ok() && suffix(".csv.gz").is_ok());
        for wrong in ["ndjson", ".", "", "./x", ".a b"] {
            assert!(suffix(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_part_size_is_one_that_s3_takes() {
        assert!(schedule("8MiB").is_ok() && schedule("4MiB").is_err() && schedule("6GiB").is_err());
    }
}
