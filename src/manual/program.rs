//! sluicebox(1): what all commands have in common, and the commands by kind.

use roff::{bold, italic, roman};

use super::{page, text, title};
use crate::commands::{Kind, Page, TABLE};

const DESCRIPTION: &str = "Small commands that read and write newline-delimited JSON, one object a line, on \
    stdin and stdout. Joined by pipes they fetch records, pseudonymise them, publish them to Kafka and land \
    them as Parquet on S3.\n\n\
    `sluicebox COMMAND` and `COMMAND`, through a link that `sluicebox link` makes, are the same. stdout carries \
    data and nothing else; a command that succeeds says nothing on stderr, unless that is a terminal.\n\n\
    Every record is passed on, rejected with a reason, or dropped by request, and counted. No reject is allowed \
    unless --max-rejects says so. Bytes that a command does not have to change it does not change.\n\n\
    A stage that dies in the middle of a pipe shows the next one an ordinary end of file. With --seal at the \
    source, or SLUICEBOX_SEAL=1, the stream says how long it is: a stage that misses the end fails, and s3-put \
    stores nothing that is not whole.\n\n\
    The first SIGINT or SIGTERM stops sources; the others read on to the end of their input. A stage that got the \
    signal, too, then publishes a sealed stream if its closing seal came; an unsealed one may be incomplete, so \
    s3-put, and an encoder with -o FILE, publish nothing of it and end by the signal. kafka-produce, which can take \
    nothing back, sends what it read. The second signal ends a command at once.";

const EXAMPLES: [(&str, &str); 2] = [
    (
        "First steps, with nothing else installed",
        "sluicebox sandbox --topic created_users:4 -- sh examples/tour.sh",
    ),
    (
        "A topic, whole or not at all, as Parquet on S3",
        "kafka-consume created_users --exit-at-end --seal |\n    \
         to-parquet --schema users.ddl |\n    s3-put s3://lake/users.parquet",
    ),
];

const KINDS: [(Kind, &str); 6] = [
    (Kind::Source, "Sources"),
    (Kind::Transform, "Transforms"),
    (Kind::Encoder, "Encoders"),
    (Kind::Sink, "Sinks"),
    (Kind::Runner, "Runners"),
    (Kind::Control, "Control"),
];

/// The page's text.
pub(super) fn render() -> String {
    let mut roff = text::begin("sluicebox");
    text::section(&mut roff, "NAME");
    roff.text([roman("sluicebox - commands that stream newline-delimited JSON from source to lake")]);
    text::section(&mut roff, "SYNOPSIS");
    let call = || [italic("COMMAND"), bold(" ["), italic("ARGUMENT"), bold("]...")];
    roff.text([bold("sluicebox ")].into_iter().chain(call()).collect::<Vec<_>>());
    roff.control("br", []);
    roff.text(call());
    text::section(&mut roff, "DESCRIPTION");
    text::paragraphs(&mut roff, DESCRIPTION);
    text::section(&mut roff, "COMMANDS");
    for (kind, heading) in KINDS {
        let mut pages = TABLE.iter().map(|entry| entry.page).filter(|page| page.kind == kind).peekable();
        if pages.peek().is_some() {
            text::subsection(&mut roff, heading);
            pages.for_each(|page| text::item(&mut roff, &reference(page), page.about));
        }
    }
    text::section(&mut roff, "OPTIONS");
    text::item(&mut roff, "-h, --help", "Print help: with -h one screen, with --help all there is.");
    text::item(&mut roff, "-V, --version", "Print version.");
    page::exit_status(&mut roff);
    text::section(&mut roff, "EXAMPLES");
    for (at, (what, how)) in EXAMPLES.iter().enumerate() {
        if at > 0 {
            roff.control("PP", []);
        }
        text::example(&mut roff, what, how);
    }
    text::section(&mut roff, "SEE ALSO");
    let references: Vec<String> = TABLE.iter().map(|entry| reference(entry.page)).collect();
    roff.text([roman(references.join(", "))]);
    roff.render()
}

fn reference(page: &Page) -> String {
    format!("{}(1)", title(page))
}
