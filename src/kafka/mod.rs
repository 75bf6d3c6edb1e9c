//! The Kafka room: everything that speaks to a cluster, on librdkafka.
//!
//! | module | what it holds |
//! |---|---|
//! | [`options`] | `-b`, `-F`, `-X`: how a command is told about its cluster |
//! | [`client`] | a client handle: its journal of errors, the connection with a deadline, closing |
//! | [`codes`] | Kafka's error codes: which exit code each deserves, and in which words |
//! | [`strangers`] | what answers on the port when it is no Kafka |
//! | [`topic`] | names and partitions of topics |
//! | [`producer`], [`deliveries`], [`outlet`], [`produce`], [`route`], [`wire`] | records to topics, each delivery confirmed |
//! | [`transaction`] | the records of a batch and the offset of its group, committed together |
//! | [`start`], [`ranges`], [`slots`], [`fetch`], [`consume`] | records of topics: where to start, where to end, how far we are |
//! | [`selection`] | which topics are meant, by names and by patterns |
//! | [`watch`] | whether topics are still those that reading began with |
//! | [`group`] | batches of a consumer group, each run through a command and committed |
//! | [`envelope`] | a whole Kafka record as one line of JSON, and back |
//! | [`value`] | what a record's value must be, and how a field of it is found |
//! | [`admin`] | create, list, describe and delete topics |
//! | [`places`], [`registry`] | where consumer groups stand in topics: judged, committed |
//! | [`mock`] | a broker inside the process, for first steps |
//! | [`rights`] | what an ACL must allow, and the error of whom none does |
//! | [`native`] | the calls that the safe wrapper lacks: the only `unsafe` of the room |
//!
//! Nothing here knows about command lines beyond [`options`], and nothing writes to stdout.
pub mod admin;
pub mod client;
pub mod codes;
pub mod consume;
pub mod deliveries;
pub mod envelope;
pub mod fetch;
pub mod group;
pub mod mock;
pub mod native;
pub mod options;
pub mod outlet;
pub mod places;
pub mod produce;
pub mod producer;
pub mod ranges;
pub mod registry;
pub mod rights;
pub mod route;
pub mod selection;
pub mod slots;
pub mod start;
pub mod strangers;
pub mod topic;
pub mod transaction;
pub mod value;
pub mod watch;
pub mod wire;

pub use options::{KafkaArgs, Settings};
