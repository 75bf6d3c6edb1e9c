//! What a record's value must be, and how a field of it becomes a key.
//!
//! The one place of this room that looks into JSON.

use serde::de::IgnoredAny;

use crate::stream::Reject;

/// Checks that these bytes are one JSON object.
pub fn check_object(bytes: &[u8]) -> Result<(), Reject> {
    if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(Reject::new("not a JSON object"));
    }
    serde_json::from_slice::<IgnoredAny>(bytes).map(|_| ()).map_err(|_| Reject::new("not a JSON object"))
}

/// A field whose text is the key of the record.
#[derive(Clone, Debug)]
pub struct KeyPath {
    written: String,
    steps: Vec<String>,
}

impl KeyPath {
    /// Reads a path such as `location.postcode`.
    pub fn parse(written: &str) -> Result<Self, String> {
        let steps: Vec<String> = written.split('.').map(str::to_owned).collect();
        if steps.iter().any(String::is_empty) {
            return Err(format!("'{written}' is no path; write email or location.postcode"));
        }
        Ok(Self { written: written.to_owned(), steps })
    }

    /// Puts the text of the field into `out`: a string without its quotes and escapes, a number as it
    /// is spelled. `false` if it is missing or null.
    pub fn text(&self, record: &[u8], out: &mut Vec<u8>) -> Result<bool, Reject> {
        out.clear();
        let value: serde_json::Value =
            serde_json::from_slice(record).map_err(|_| Reject::new("not a JSON object"))?;
        if !value.is_object() {
            return Err(Reject::new("not a JSON object"));
        }
        let mut field = Some(&value);
        for step in &self.steps {
            field = field.and_then(|value| value.get(step));
        }
        match field {
            None | Some(serde_json::Value::Null) => return Ok(false),
            Some(serde_json::Value::String(text)) => out.extend_from_slice(text.as_bytes()),
            Some(serde_json::Value::Number(number)) => out.extend_from_slice(number.to_string().as_bytes()),
            Some(_) => return Err(Reject::at(&self.written, "a key is a string or a number")),
        }
        Ok(true)
    }

    /// The path as it was written.
    pub fn written(&self) -> &str {
        &self.written
    }
}
