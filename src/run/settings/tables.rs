//! The settings file as tables of values: where it is, and what may stand in it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::{Table, Value};

/// One value in the file.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub table: String,
    pub values: Vec<String>,
}

/// Which commands a table is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    All,
    Command(String),
}

/// Tables with their titles, in the order of the file, defaults first.
pub(super) type Tables = Vec<(String, Scope, BTreeMap<String, Setting>)>;

/// Adds [defaults] first, then the commands' tables.
pub(super) fn add_tables(tables: &mut Tables, prefix: &str, root: Table) -> Result<(), String> {
    let (defaults, commands): (Vec<_>, Vec<_>) = root.into_iter().partition(|(name, _)| name == "defaults");
    for (name, table) in defaults.into_iter().chain(commands) {
        let title = format!("{prefix}{name}");
        let Value::Table(table) = table else {
            return Err(format!("{title} stands outside of a table: [defaults] or [COMMAND]"));
        };
        let settings = table
            .into_iter()
            .map(|(key, value)| {
                Ok((key.clone(), Setting { table: title.clone(), values: texts(&key, value)? }))
            })
            .collect::<Result<_, String>>()?;
        let scope = if name == "defaults" { Scope::All } else { Scope::Command(name) };
        tables.push((title, scope, settings));
    }
    Ok(())
}

fn texts(key: &str, value: Value) -> Result<Vec<String>, String> {
    match value {
        Value::String(text) => Ok(vec![text]),
        Value::Integer(number) => Ok(vec![number.to_string()]),
        Value::Float(number) => Ok(vec![number.to_string()]),
        Value::Boolean(flag) => Ok(vec![flag.to_string()]),
        Value::Array(values) => values
            .into_iter()
            .map(|value| texts(key, value))
            .collect::<Result<Vec<_>, _>>()
            .map(|all| all.concat()),
        Value::Datetime(_) | Value::Table(_) => {
            Err(format!("{key} must be a text, a number, true, false, or a list"))
        }
    }
}

/// The user's file, or else the machine's.
pub(super) fn found() -> Option<PathBuf> {
    let user = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|home| home.is_absolute())
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))
        .map(|home| home.join("sluicebox/config.toml"));
    let machine = PathBuf::from("/etc/sluicebox/config.toml");
    user.into_iter().chain([machine]).find(|path| path.exists())
}
