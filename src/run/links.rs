//! Symbolic links to this program under the names of its commands.

use std::io;
use std::path::Path;

/// Makes or replaces a link in one step: a pipeline that starts meanwhile finds the old or the new.
pub fn make(program: &Path, link: &Path) -> io::Result<()> {
    let mut aside = link.as_os_str().to_owned();
    aside.push(format!(".{}.new", std::process::id()));
    std::os::unix::fs::symlink(program, &aside)?;
    std::fs::rename(&aside, link).inspect_err(|_| drop(std::fs::remove_file(&aside)))
}
