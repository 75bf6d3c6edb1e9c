//! `sluicebox link`: makes the short names of the commands.

use std::path::{Path, PathBuf};

use super::{Command, Kind, Page};
use crate::run::{Error, Process, Result, links};

/// Options of `link`.
#[derive(Debug, clap::Args)]
pub struct Link {
    /// The folder that gets the links; it should be on $PATH [default: the program's own folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Remove the links instead
    #[arg(long)]
    remove: bool,

    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

impl Command for Link {
    const PAGE: Page = Page {
        name: "link",
        kind: Kind::Control,
        about: "make the short names of the commands",
        description: "Makes a symbolic link to this program for every command, so that `hash-fields` \
            means `sluicebox hash-fields`. A name that is taken by anything but a link to a sluicebox \
            is left alone, and the command then ends with exit status 4 after making the others.",
        examples: &[
            ("make the short names in a folder on the PATH", "sluicebox link --dir ~/.local/bin"),
            ("take them away again", "sluicebox link --dir ~/.local/bin --remove"),
        ],
        environment: &[],
        files: &[],
        see_also: &["sandbox", "config"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let program =
            std::env::current_exe().map_err(|cause| Error::io("cannot find this program", &cause))?;
        let folder = match &self.dir {
            Some(dir) => dir.clone(),
            None => program.parent().unwrap_or(Path::new("/")).to_owned(),
        };
        if !folder.is_dir() {
            let error = Error::usage(format!("{} is no folder", folder.display()));
            return Err(match folder.exists() {
                true => error.hint("--dir FOLDER"),
                false => error.hint(format!("mkdir -p {}", folder.display())),
            });
        }
        let mut taken = Vec::new();
        for name in super::short_names() {
            let link = folder.join(name);
            match state(&link) {
                State::Foreign => taken.push(name),
                State::Ours if self.remove => self.act(process, &link, |link| std::fs::remove_file(link))?,
                State::Absent if self.remove => {}
                State::Ours | State::Absent => {
                    self.act(process, &link, |link| links::make(&program, link))?
                }
            }
        }
        if taken.is_empty() || self.remove {
            return Ok(());
        }
        Err(Error::conflict(format!(
            "{} in {} is not ours, and was left alone",
            taken.join(", "),
            folder.display()
        ))
        .hint("another --dir"))
    }
}

impl Link {
    fn act(&self, process: &Process, link: &Path, act: impl Fn(&Path) -> std::io::Result<()>) -> Result<()> {
        let verb = if self.remove { "removed" } else { "linked" };
        if self.dry_run {
            crate::run::log::say(&format!("would have {verb} {}", link.display()));
            return Ok(());
        }
        act(link).map_err(|cause| Error::io(format!("cannot change {}", link.display()), &cause))?;
        if process.globals.verbose > 0 {
            crate::run::log::say(&format!("{verb} {}", link.display()));
        }
        Ok(())
    }
}

enum State {
    Absent,
    Ours,
    Foreign,
}

/// Ours is a symbolic link whose target is called `sluicebox`, whether or not that still exists.
fn state(link: &Path) -> State {
    match (link.symlink_metadata(), std::fs::read_link(link)) {
        (Err(_), _) => State::Absent,
        (Ok(_), Ok(target)) if target.file_name().is_some_and(|name| name == "sluicebox") => State::Ours,
        _ => State::Foreign,
    }
}
