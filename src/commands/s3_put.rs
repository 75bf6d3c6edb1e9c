//! `s3-put`: stores stdin as one object, all or nothing.

use crate::run::exit::{Error, Result};
use crate::run::units;
use crate::s3::{self, Location, S3Args, Schedule, Seen, Store, Target, Upload, Warn};
use crate::stream::Facts;

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

    /// Fail with exit 4 if the object exists; the store itself checks, so that of two writers one wins
    #[arg(long)]
    create_only: bool,

    /// Metadata to store with the object; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = metadata)]
    metadata: Vec<(String, String)>,

    /// Content type [default: by the extension of the key]
    #[arg(long, value_name = "TYPE")]
    content_type: Option<String>,

    /// Size of the first part; parts grow to 16 times that. The default makes objects of up to 617 GiB;
    /// memory is four parts
    #[arg(long, value_name = "SIZE", value_parser = schedule, default_value = "8MiB")]
    part_size: Schedule,

    /// Check the destination and the credentials; read and write nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    s3: S3Args,
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

    /// The upload, ready to take bytes; or, in a dry run, what was found out.
    fn open(self, warn: Warn) -> Result<Opened> {
        let target = self.target()?;
        let (store, seen) = self.look(&target)?;
        if self.dry_run {
            return Ok(Opened::Checked(findings(&target, seen)));
        }
        Ok(Opened::Upload(Box::new(Upload::start(&store, target, self.part_size, warn))))
    }
}

/// What comes of opening the destination.
enum Opened {
    Upload(Box<Upload>),
    Checked(Facts),
}

/// What a dry run found out.
fn findings(target: &Target, seen: Seen) -> Facts {
    let mut facts = Facts::new();
    facts.insert("location".into(), target.location.to_string().into());
    facts.insert("dry_run".into(), true.into());
    let found = match seen {
        Seen::Free => "free",
        Seen::Taken => "exists",
        Seen::Hidden => "unknown: these credentials may not list the bucket",
    };
    facts.insert("destination".into(), found.into());
    facts
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
