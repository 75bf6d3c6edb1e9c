//! `map-fields`: builds new records from old ones.

use std::path::PathBuf;

use crate::batch::Batch;
use crate::commands::{Command, Kind, Page};
use crate::fields::{self, Mapper, Place};
use crate::run::{Process, Result};
use crate::stream::{Options, Reading, Stage};

/// The options of `map-fields`.
#[derive(clap::Args, Debug)]
pub struct MapFields {
    /// NAME=PATH, NAME='text with {paths}', NAME:TYPE=PATH, NAME:=JSON; ?= leaves out what is missing
    #[arg(value_name = "MAPPING")]
    mappings: Vec<String>,

    /// Read mappings from this file, one a line; # at its beginning or behind a blank begins a comment; repeatable
    #[arg(short = 'f', long, value_name = "FILE")]
    map_file: Vec<PathBuf>,

    /// Pass on only records for which this is true: 'type == "trade" and data.p > 0'
    #[arg(long = "where", value_name = "EXPR")]
    condition: Option<String>,

    /// Make one record of each element of this array; PATH is the element then ('PATH?': may be absent)
    ///
    /// One element that is rejected rejects the whole record.
    #[arg(long, value_name = "PATH")]
    explode: Option<String>,

    /// Start from the whole old record
    #[arg(long)]
    all: bool,

    /// Start from these fields of the old record ('PATH?': may be absent); repeatable
    #[arg(long, value_name = "PATH,...")]
    keep: Vec<String>,

    /// Start from the old record without these fields; repeatable
    #[arg(long, value_name = "PATH,...")]
    drop: Vec<String>,

    /// Lines are envelopes of kafka-consume --envelope; records are their values
    #[arg(long)]
    envelope: bool,

    #[command(flatten)]
    stream: Options,

    #[command(flatten)]
    reading: Reading,
}

impl Command for MapFields {
    const PAGE: Page = Page {
        name: "map-fields",
        kind: Kind::Transform,
        about: "build new records from old ones: move, rename, convert, filter, explode",
        description: "Writes, for each record, a new one with the fields that the mappings name, in their order. A value \
            that is only moved keeps every byte: number spelling, escapes, spacing. With --all, --keep or --drop it \
            starts from the old record, or from a part of it, and the mapped fields are added, or take the place of \
            fields of their names; what stays of the old record keeps its bytes, too. With --where or --explode \
            and no mapping, whole records are passed on.\n\n\
            NAME=PATH copies the value at PATH. NAME='{name.title}. {name.first}' makes a string; numbers are put in \
            as they are spelled, {{ and }} are braces. NAME:TYPE=PATH converts. NAME:=JSON is a literal: \
            source:='\"api\"', version:=2. NAME may be a path of names: address.city=location.city makes an object. \
            A PATH is names joined by dots, and [0] for an element; a name that holds one of . [ ] \" : = ? { } , is \
            written in JSON quotes; a path that begins with / is a JSON Pointer (RFC 6901).\n\n\
            Strict: a record in which a source is missing is rejected, and so is one that has two values for one \
            field on the way of a path. NAME?=PATH leaves the field out instead (in a template, where the value is \
            null, too), and warns of a PATH that no record had; PATH ?? JSON puts a default in the place of what is \
            missing or null, and warns of nothing. null is a value: it is \
            copied, converts to null, and has no text in a template.\n\n\
            Types: string (numbers and booleans as they are spelled), int (32 bits), long (64 bits), double, decimal, \
            decimal(p,s), boolean, timestamp (RFC 3339 with a zone), timestamp_s, timestamp_ms, timestamp_us (a number \
            since 1970), json (the JSON text of anything, as a string). All timestamps become UTC, \
            2026-11-20T08:00:00.000Z. A string is taken for the number that it spells as JSON would; what the \
            type cannot hold exactly is rejected: 1.0 as int, 9007199254740993 as double, 'yes' as boolean.\n\n\
            --where: PATH compared with ==, !=, <, <=, >, >= to a number, \"text\" or 'text', true, false, null, or \
            another PATH; PATH in (\"a\", \"b\"); PATH exists; PATH is null; PATH is not null; a PATH alone is true \
            where true stands; not, and, or, parentheses. Numbers compare by value, strings by text. Missing and null \
            equal nothing but null, and are neither less nor greater; a string and a number are never equal, and \
            which is less is not guessed: the record is rejected. Records for which it is not true are dropped and \
            counted. A path that was in no record is warned of; PATH? is not.\n\n\
            --explode data makes one record of each element of the array data. data then is the element, as \
            $unwind has it: data.s is a field of it, all other paths are those of the whole record, and @index is \
            the element's place from 0. An empty array gives no record, and is counted. A record without the array, or \
            with null, is rejected, unless --where drops it, or the path ends in '?'. --where is asked of each element \
            where it names one. The old record is what is passed on or rejected: one bad element rejects all of it, the good \
            ones beside it included.\n\n\
            @topic, @partition, @offset, @timestamp (in milliseconds), @timestamp_type, @key, @key_b64 and @headers \
            are those of the envelope under --envelope; a tombstone is dropped and counted. In a batch of kafka-consume \
            --group, @topic and @partition are known without it; kafka-consume --group GROUP --envelope gives the rest. \
            @record is the whole record.\n\n\
            A --drop whose path was in no record at all ends the run with exit status 1, and without a closing seal: \
            it is most likely misspelt, and what it was to drop has passed. PATH? may be absent. The summary counts \
            {fields: {NAME: {mapped, null, left_out, defaults}}}, and elements under explode.",
        examples: &[
            (
                "a flat record of a user",
                "map-fields name='{name.title}. {name.first} {name.last}' gender=gender \\\n    \
                 address='{location.street.number}, {location.street.name}' \\\n    \
                 city=location.city nation=nat zip:string=location.postcode \\\n    \
                 latitude:double=location.coordinates.latitude \\\n    \
                 longitude:double=location.coordinates.longitude email=email < users.ndjson",
            ),
            (
                "leave fields out, and say where the rest comes from",
                "map-fields --drop login,picture source:='\"api\"' < users.ndjson",
            ),
            (
                "which records, whole",
                "map-fields --where 'nat in (\"GB\", \"IE\") and dob.age >= 18' < users.ndjson",
            ),
            (
                "one row a trade; pings are dropped",
                "map-fields --where 'type == \"trade\"' --explode data \\\n    \
                 symbol=data.s price=data.p time:timestamp_ms=data.t conditions=data.c \\\n    \
                 < trades.ndjson",
            ),
            (
                "with the place in Kafka, as a key for a database",
                "kafka-consume users --exit-at-end --envelope |\n    \
                 map-fields --envelope id='{@topic}/{@partition}/{@offset}' email=email",
            ),
        ],
        environment: &[],
        files: &[],
        see_also: &["hash-fields", "to-csv", "to-parquet", "kafka-consume"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let plan = || Mapper::new(&self.options()?);
        let (stage, mapper) = Stage::open(process, &self.stream)?.prepare(plan)?;
        stage.transform(&self.reading, mapper)
    }
}

impl MapFields {
    fn options(&self) -> Result<fields::Options> {
        Ok(fields::Options {
            mappings: self.mappings.clone(),
            files: self.map_file.clone(),
            all: self.all,
            keep: self.keep.clone(),
            drop: self.drop.clone(),
            explode: self.explode.clone(),
            filter: self.condition.clone(),
            place: self.place()?,
        })
    }

    /// Where the words about a record come from.
    fn place(&self) -> Result<Place> {
        if self.envelope {
            return Ok(Place::Envelope);
        }
        Ok(match Batch::from_environment()? {
            Some(batch) => Place::Batch { topic: batch.range.topic, partition: batch.range.partition },
            None => Place::Unknown,
        })
    }
}
