//! Replacing values in a record and leaving every other byte alone.

use super::paths::Hit;

/// Copies `record` to `out`, with what `replace` writes in the place of each hit.
///
/// `hits` are in the order of the record and do not overlap: what [`super::Paths::find`] returns.
/// What stands between them, spacing, key order, escapes and a `\r` at the end included, is copied
/// byte for byte.
#[inline]
pub fn rewrite<E>(
    record: &[u8],
    hits: &[Hit],
    out: &mut Vec<u8>,
    mut replace: impl FnMut(&Hit, &mut Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let mut copied = 0;
    for hit in hits {
        out.extend_from_slice(&record[copied..hit.value.span.start]);
        replace(hit, out)?;
        copied = hit.value.span.end;
    }
    out.extend_from_slice(&record[copied..]);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Found, Paths};

    fn star_out(paths: &[&str], text: &str) -> String {
        let mut found = Found::default();
        Paths::parse(paths).unwrap().find_in(text.as_bytes(), &mut found).unwrap();
        let mut out = Vec::new();
        rewrite(text.as_bytes(), found.hits(), &mut out, |_, out| {
            out.push(b'*');
            Ok::<_, ()>(())
        })
        .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_byte_outside_the_hits_is_kept() {
        let text = "\t{ \"b\" : 1.0e+05,\"a\":\"\\u00e9\\/\" , \"a\":[ 1,{} ] ,\"c\":-0 }  \r";
        assert_eq!(star_out(&["a"], text), "\t{ \"b\" : 1.0e+05,\"a\":* , \"a\":* ,\"c\":-0 }  \r");
        assert_eq!(star_out(&["nothing"], text), text);
    }

    #[test]
    fn a_replacement_that_fails_ends_it() {
        let mut found = Found::default();
        Paths::parse(&["a"]).unwrap().find_in(br#"{"a":1}"#, &mut found).unwrap();
        assert_eq!(rewrite(br#"{"a":1}"#, found.hits(), &mut Vec::new(), |_, _| Err("no")), Err("no"));
    }
}
