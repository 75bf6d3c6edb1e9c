//! Exactly once: what lies on S3 in the end, whatever happened on the way.
//!
//! Each test makes a [`world`] of its own: a topic, a group, a place on S3, a script that lands a
//! batch. It does harm to it, runs the same command again, and then counts, with readers that know
//! nothing of Sluicebox, that each record that was sent lies in exactly one visible object.
//!
//! | file | the harm |
//! |---|---|
//! | `crash` | SIGKILL: of the consumer, the script, each stage, the sink, the broker, at each point |
//! | `zombies` | members that stop and come back, join and leave |
//! | `rebalances` | commits that are refused because the group changes: no failure, no attempt |
//! | `transactions` | from topic to topic: all of it, for readers of committed records |
//! | `network` | cut, reset, slow and lost answers, of Kafka and of the store |
//! | `liars` | commands, and a store, that do not do what they say |
//! | `places` | offsets, records and topics that are gone, and the way back |
//! | `lost` | partitions that have lost what was landed, and have others in its place |
//! | `ways` | what a person does to get back: resets, objects that are gone; and what is said then |
//! | `mistakes` | typing errors, and records that do not fit: what is said of them at once |
//! | `rejects` | values that are no records, counted down the stages |
//! | `ends` | where `--exit-at-end` ends while other members work, stand still, or are dead |
//! | `cuts` | where batches end: by day, by bytes |
//! | `edges` | empty batches and ranges, gaps, signals, two sinks, what changes between batches |
//! | `ids` | a broker that gives topics no ids |
//! | `envelopes` | whole records in batches: places, keys, headers and times as fields, and copies |

mod crash;
mod cuts;
mod dice;
mod edges;
mod ends;
mod envelopes;
mod hands;
mod ids;
mod leader;
mod liars;
mod lost;
mod mistakes;
mod network;
mod places;
mod processes;
mod rebalances;
mod rejects;
mod relay;
mod scene;
mod store;
mod toxics;
mod transactions;
mod ways;
mod world;
mod zombies;
