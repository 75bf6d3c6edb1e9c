//! A pipeline that is run by name, over and over: by cron, by a timer, by a CI job.
//!
//! In: a name, a command, and how long it may take. Out: one cause where it failed, and what is
//! remembered of the run. Guaranteed: two runs of one name never overlap where a lock is asked for,
//! whoever is killed; a run has ended when everything that it started has ended; the failure of any
//! stage is known, whatever the shell makes of it.
//!
//! | file | is about |
//! |---|---|
//! | [`name`] | what a run may be called |
//! | [`folder`] | where locks and states are |
//! | [`lock`] | one run of a name at a time |
//! | [`state`], [`status`] | what is remembered of a name; what monitoring makes of it |
//! | [`group`] | the processes of a run: started, signalled, ended, waited for |
//! | [`family`], [`watch`] | the processes below one, as /proc knows them; who ends them if `run` is killed |
//! | [`hush`] | what they print, kept until it is known whether anybody must see it |
//! | [`percent`] | a pipe as cron hands it over |

pub mod family;
pub mod folder;
pub mod group;
pub mod hush;
pub mod lock;
pub mod name;
pub mod percent;
mod run;
pub mod state;
pub mod status;
mod watch;

pub use folder::Folder;
pub use lock::IfLocked;
pub use name::Name;
pub use run::{Plan, Voice};
