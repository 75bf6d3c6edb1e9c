//! `via`: runs any Unix filter as a stage.

use super::{Command, Kind, Page};
use crate::json;
use crate::run::{Process, Result};
use crate::stream::{Options, Reading, Stage};

/// Options of `via`.
#[derive(Debug, clap::Args)]
pub struct Via {
    /// The program and its arguments, after --
    #[arg(value_name = "PROGRAM", required = true, last = true, num_args = 1..)]
    program: Vec<String>,

    #[command(flatten)]
    stream: Options,

    #[command(flatten)]
    reading: Reading,
}

impl Command for Via {
    const PAGE: Page = Page {
        name: "via",
        kind: Kind::Transform,
        about: "run any Unix filter as a stage of a sealed stream",
        description: "Feeds the records of stdin to a program and writes what the program writes. In a \
            sealed stream, a plain `jq` between two stages would destroy the seal, and hide its own \
            failure. `via -- jq …` checks the seal and takes it off, checks the program's exit status \
            and that it read all of its input, and seals what it wrote.\n\n\
            The program sees plain newline-delimited JSON and must write the same, one record a line; \
            it may write more or fewer records than it read. A line that is no JSON object ends the run with exit \
            status 1.\n\n\
            With --seal and no input it makes a sealed source of a program.",
        examples: &[
            (
                "a jq filter in a sealed stream",
                "generate-users --seal --results 5 | via -- jq -c 'del(.login)'",
            ),
            (
                "a foreign source, sealed: its failure is known downstream",
                "via --seal -- cat users.ndjson < /dev/null",
            ),
        ],
        environment: &[],
        files: &[],
        see_also: &["hash-fields"],
    };

    fn run(self, process: &Process) -> Result<()> {
        let mut program = std::process::Command::new(&self.program[0]);
        program.args(&self.program[1..]);
        Stage::open(process, &self.stream)?
            .filter(&self.reading, program, |line| Ok(json::validate_object(line)?))
    }
}
