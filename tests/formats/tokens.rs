//! Tokens: what a value becomes under the sample key, whatever the release.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{key, text};
use crate::support::run;

/// A value and its token, both as they are spelled.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    value: &'a RawValue,
    normalize: Option<&'a str>,
    algorithm: Option<&'a str>,
    #[serde(borrow)]
    token: &'a RawValue,
}

impl Line<'_> {
    /// What the program makes of the value today.
    fn today(&self) -> String {
        let mut run = run("hash-fields").args(["value", "--key-file"]).arg(key());
        if let Some(steps) = self.normalize {
            run = run.args(["--normalize", steps]);
        }
        if let Some(algorithm) = self.algorithm {
            run = run.args(["--algorithm", algorithm]);
        }
        run.stdin(format!("{{\"value\":{}}}\n", self.value)).go().exits(0).text()
    }
}

#[test]
fn tokens_are_made_as_ever() {
    let text = text("tokens.ndjson");
    assert!(text.lines().count() > 10);
    for line in text.lines() {
        let line: Line<'_> = serde_json::from_str(line).unwrap();
        assert_eq!(line.today(), format!("{{\"value\":{}}}\n", line.token), "{}", line.value);
    }
}
