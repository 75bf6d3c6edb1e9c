//! The group that a batch belongs to, as its command finds it in the environment.
//!
//! A store that keeps places of its own has to know where the group began: only there may a place begin
//! that the store does not know of. Anywhere else it was lost.

use std::env;

use super::name::broken;
use crate::run::Result;

/// The variables.
const NAME: &str = "BATCH_GROUP";
const START: &str = "BATCH_GROUP_START";

/// A consumer group, and where it began in the partition of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// Its name; empty where it did not arrive.
    pub name: String,
    /// Where it began; none where that did not arrive.
    pub start: Option<i64>,
}

impl Group {
    /// What the command of a batch finds in the environment.
    pub fn environment(name: &str, start: i64) -> [(&'static str, String); 2] {
        [(NAME, name.to_owned()), (START, start.to_string())]
    }

    /// The group of this process's batch.
    pub fn from_environment() -> Result<Self> {
        Self::read(|name| env::var(name).ok())
    }

    fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let start = get(START).map(|text| text.parse::<i64>().map_err(|_| broken(START))).transpose()?;
        Ok(Self { name: get(NAME).unwrap_or_default(), start })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_carries_a_group_and_where_it_began() {
        let set = Group::environment("lake", 7);
        let get = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        assert_eq!(Group::read(get).unwrap(), Group { name: "lake".into(), start: Some(7) });
        assert_eq!(Group::read(|_| None).unwrap(), Group::default());
        assert!(Group::read(|_| Some("x".into())).is_err());
    }
}
