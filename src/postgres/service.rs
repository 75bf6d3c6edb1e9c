//! Service files: parameters under a name (`PGSERVICE`), in `~/.pg_service.conf` or the machine's.
//!
//! In: the name of a service. Out: its [`Parameters`]. The file is that of `PGSERVICEFILE`, else the
//! user's, then `pg_service.conf` in `PGSYSCONFDIR`; the first that knows the service counts.

use std::path::{Path, PathBuf};

use super::conninfo::Parameters;
use crate::run::{Error, Result};

/// Where Debian and most others keep what concerns the whole machine.
const SYSTEM: &str = "/etc/postgresql-common";

/// The parameters of the service of that name.
pub fn parameters(service: &str, get: &impl Fn(&str) -> Option<String>) -> Result<Parameters> {
    for file in files(get) {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        if let Some(found) = section(&text, service).map_err(|why| wrong(&file, &why))? {
            return Ok(found);
        }
    }
    Err(Error::usage(format!("no service file knows the service {service}"))
        .hint("[NAME] and keyword=value lines in ~/.pg_service.conf, or PGSERVICEFILE=FILE"))
}

fn files(get: &impl Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    let named = get("PGSERVICEFILE").map(PathBuf::from);
    let own = || get("HOME").map(|home| Path::new(&home).join(".pg_service.conf"));
    let system = get("PGSYSCONFDIR").unwrap_or_else(|| SYSTEM.to_owned());
    let system = Path::new(&system).join("pg_service.conf");
    named.or_else(own).into_iter().chain([system]).collect()
}

fn wrong(file: &Path, why: &str) -> Error {
    Error::usage(format!("{}: {why}", file.display()))
}

/// What stands under `[service]`; none if there is no such heading.
fn section(text: &str, service: &str) -> Result<Option<Parameters>, String> {
    let mut found: Option<Parameters> = None;
    let mut inside = false;
    for (at, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(heading) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            inside = heading == service;
            if inside {
                found.get_or_insert_default();
            }
            continue;
        }
        if let (true, Some(parameters)) = (inside, &mut found) {
            let (keyword, value) =
                line.split_once('=').ok_or_else(|| format!("line {at} is no keyword=value"))?;
            parameters.fill(keyword.trim(), value.trim()).map_err(|why| format!("line {at}: {why}"))?;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_the_section_of_its_name() {
        let text = "# all\n[other]\nhost=o\n\n[lake]\nhost = h\nport=5433\n[more]\nnonsense\n";
        let found = section(text, "lake").unwrap().unwrap();
        assert_eq!((found.get("host"), found.get("port")), (Some("h"), Some("5433")));
        assert!(section(text, "none").unwrap().is_none());
        assert!(section(text, "more").is_err_and(|why| why.contains("line 9")));
    }
}
