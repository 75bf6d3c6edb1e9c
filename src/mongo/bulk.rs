//! Bulks: many documents in one command, and what the server makes of each.
//!
//! The `update` and `insert` commands that every server since 3.6 has; one that is larger than a document may
//! be is refused, so a bulk is bounded in bytes. Statements of a bulk stand on their own (`ordered: false`)
//! where versions decide; where the last one counts, in their order.

use mongodb::bson::{Bson, Document as Answer};

use super::bson::{self, Type};
use super::client::command;
use super::document::{Document, MARK};
use super::error;

/// How many bytes of documents make a bulk full: a quarter of what a command may have.
const BYTES: usize = 4 << 20;
/// How many documents make it full.
const DOCUMENTS: usize = 1_000;
/// Two documents under one key.
const DUPLICATE: i32 = 11_000;
/// The collection's validator refuses a document.
const INVALID: i32 = 121;

/// What a write does to the document that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Nothing: there is none of that `_id`.
    Append,
    /// Replaces it.
    Replace,
    /// Replaces an older one of the same partition.
    Guard {
        /// The id of the topic.
        topic_id: String,
        /// The partition.
        partition: i32,
        /// Replaces what is of no partition, or of another, too.
        adopt: bool,
    },
}

/// How many members must have a write before it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteConcern {
    /// Most of them.
    Majority,
    /// So many.
    Members(i32),
}

impl std::str::FromStr for WriteConcern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.parse()) {
            ("majority", _) => Ok(Self::Majority),
            (_, Ok(members @ 1..)) => Ok(Self::Members(members)),
            _ => Err(format!("'{text}' is no write concern; write majority, or a number from 1 on")),
        }
    }
}

/// Documents that go together.
#[derive(Debug, Default)]
pub struct Bulk {
    pub documents: Vec<Document>,
    bytes: usize,
}

impl Bulk {
    /// Takes one more.
    pub fn add(&mut self, document: Document) {
        self.bytes += document.bytes.len();
        self.documents.push(document);
    }

    /// Whether another of `bytes` would be too much.
    pub fn is_full(&self, bytes: usize) -> bool {
        !self.documents.is_empty() && (self.documents.len() >= DOCUMENTS || self.bytes + bytes > BYTES)
    }
}

/// Where and how bulks are written.
#[derive(Clone, Debug)]
pub struct Target {
    pub collection: String,
    pub manner: Manner,
    pub concern: WriteConcern,
}

/// What the server answers to a bulk.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Those that met a document of their `_id` which they may not replace, by their place in the command.
    pub met: Vec<usize>,
    /// The first that cannot be stored, and why.
    pub refused: Option<(usize, String)>,
    /// A reason to send all of it again.
    pub again: Option<String>,
}

impl Target {
    /// The command that writes these documents.
    pub fn write(&self, documents: &[&Document]) -> Vec<u8> {
        command(|out| {
            let (name, list) = match self.manner {
                Manner::Append => ("insert", "documents"),
                _ => ("update", "updates"),
            };
            bson::put_text(out, name, &self.collection);
            bson::put_flag(out, "ordered", self.manner == Manner::Replace);
            bson::put_inside(out, Type::Document, "writeConcern", |out| match &self.concern {
                WriteConcern::Majority => bson::put_text(out, "w", "majority"),
                WriteConcern::Members(members) => bson::put_int(out, "w", *members),
            });
            bson::put_inside(out, Type::Array, list, |out| {
                for (at, document) in documents.iter().enumerate() {
                    self.put_statement(out, at, document);
                }
            });
        })
    }

    fn put_statement(&self, out: &mut Vec<u8>, at: usize, document: &Document) {
        bson::name(out, Type::Document, at.to_string().as_bytes());
        if self.manner == Manner::Append {
            out.extend_from_slice(&document.bytes);
            return;
        }
        let start = bson::begin(out);
        bson::put_inside(out, Type::Document, "q", |out| self.put_filter(out, document));
        bson::name(out, Type::Document, b"u");
        out.extend_from_slice(&document.bytes);
        bson::put_flag(out, "upsert", true);
        bson::end(out, start);
    }

    /// Which document may be replaced. The same version is: an attempt that is repeated writes what it wrote,
    /// and one that was corrected in between corrects it.
    fn put_filter(&self, out: &mut Vec<u8>, document: &Document) {
        out.extend_from_slice(document.id());
        let Manner::Guard { topic_id, partition, adopt } = &self.manner else { return };
        let of = |field: &str| format!("{MARK}.{field}");
        let not_newer = |out: &mut Vec<u8>| {
            bson::put_inside(out, Type::Document, &of("version"), |out| {
                bson::put_long(out, "$lte", document.version);
            });
        };
        if *adopt {
            bson::put_inside(out, Type::Array, "$or", |out| {
                self.put_foreign(out, topic_id, *partition);
                bson::put_inside(out, Type::Document, "2", not_newer);
            });
            return;
        }
        bson::put_text(out, &of("topic_id"), topic_id);
        bson::put_int(out, &of("partition"), *partition);
        not_newer(out);
    }

    /// The first two of several conditions: of another topic, or of another partition, or of none.
    fn put_foreign(&self, out: &mut Vec<u8>, topic_id: &str, partition: i32) {
        let field = |name: &str| format!("{MARK}.{name}");
        bson::put_inside(out, Type::Document, "0", |out| {
            bson::put_inside(out, Type::Document, &field("topic_id"), |out| {
                bson::put_text(out, "$ne", topic_id)
            });
        });
        bson::put_inside(out, Type::Document, "1", |out| {
            bson::put_inside(out, Type::Document, &field("partition"), |out| {
                bson::put_int(out, "$ne", partition)
            });
        });
    }

    /// The command that finds one of these which is of no partition, or of another.
    pub fn find_foreign(&self, documents: &[&Document]) -> Option<Vec<u8>> {
        let Manner::Guard { topic_id, partition, adopt: false } = &self.manner else { return None };
        Some(command(|out| {
            bson::put_text(out, "find", &self.collection);
            bson::put_inside(out, Type::Document, "filter", |out| {
                bson::put_inside(out, Type::Document, "_id", |out| {
                    bson::put_inside(out, Type::Array, "$in", |out| put_ids(out, documents));
                });
                bson::put_inside(out, Type::Array, "$or", |out| self.put_foreign(out, topic_id, *partition));
            });
            bson::put_inside(out, Type::Document, "projection", |out| bson::put_int(out, "_id", 1));
            bson::put_int(out, "limit", 1);
            bson::put_flag(out, "singleBatch", true);
        }))
    }
}

/// The ids as an array: the same values under the names 0, 1, and so on.
fn put_ids(out: &mut Vec<u8>, documents: &[&Document]) {
    for (at, document) in documents.iter().enumerate() {
        let element = document.id();
        out.push(element[0]);
        out.extend_from_slice(at.to_string().as_bytes());
        out.push(0);
        // Behind the type, `_id` and a zero byte.
        out.extend_from_slice(&element[5..]);
    }
}

impl Verdict {
    /// Reads an answer.
    pub fn of(answer: &Answer) -> Self {
        let mut verdict = Self::default();
        if let Ok(errors) = answer.get_array("writeErrors") {
            errors.iter().filter_map(Bson::as_document).for_each(|error| verdict.take(error));
        }
        if let Ok(concern) = answer.get_document("writeConcernError") {
            let name = concern.get_str("codeName").unwrap_or("an error");
            verdict.again = Some(format!("not enough members have it: {name}"));
        }
        verdict
    }

    fn take(&mut self, error: &Answer) {
        let code = number(error.get("code"));
        let at = usize::try_from(number(error.get("index"))).unwrap_or_default();
        match code {
            DUPLICATE if is_of_id(error) => self.met.push(at),
            code if error::is_temporary(code) => self.again = Some(format!("code {code}")),
            code => {
                let why = match code {
                    DUPLICATE => "another unique index of the collection has its key already".to_owned(),
                    INVALID => "the validator of the collection refuses it".to_owned(),
                    code => format!("MongoDB refuses it (code {code})"),
                };
                self.refused.get_or_insert((at, why));
            }
        }
    }
}

/// Whether it is the `_id` that is there already. Older servers say so in words alone.
fn is_of_id(error: &Answer) -> bool {
    match error.get_document("keyPattern") {
        Ok(pattern) => pattern.keys().eq(["_id"]),
        Err(_) => {
            let words = error.get_str("errmsg").unwrap_or_default();
            words.contains("index: _id_ ") || words.contains("$_id_ ") || words.contains("index: _id ")
        }
    }
}

fn number(value: Option<&Bson>) -> i32 {
    match value {
        Some(Bson::Int32(number)) => *number,
        Some(Bson::Int64(number)) => i32::try_from(*number).unwrap_or(-1),
        Some(Bson::Double(number)) => *number as i32,
        _ => -1,
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{RawDocumentBuf, doc};

    use super::*;

    fn document(id: i32, version: i64) -> Document {
        let mut id_end = 0;
        let bytes = command(|out| {
            bson::put_int(out, "_id", id);
            id_end = out.len();
            bson::put_text(out, "a", "x");
        });
        Document { bytes, id_end, version, line: 1 }
    }

    fn target(manner: Manner) -> Target {
        Target { collection: "users".into(), manner, concern: WriteConcern::Majority }
    }

    fn guard(adopt: bool) -> Manner {
        Manner::Guard { topic_id: "t".into(), partition: 3, adopt }
    }

    fn read(bytes: Vec<u8>) -> Answer {
        RawDocumentBuf::from_bytes(bytes).unwrap().try_into().unwrap()
    }

    #[test]
    fn a_guarded_write_replaces_only_what_is_not_newer_in_its_partition() {
        let command = read(target(guard(false)).write(&[&document(7, 42)]));
        let expected = doc! {
            "update": "users", "ordered": false, "writeConcern": { "w": "majority" },
            "updates": [{
                "q": { "_id": 7, "_sluicebox.topic_id": "t", "_sluicebox.partition": 3, "_sluicebox.version": { "$lte": 42i64 } },
                "u": { "_id": 7, "a": "x" }, "upsert": true,
            }],
        };
        assert_eq!(command, expected);
        let adopting = read(target(guard(true)).write(&[&document(7, 42)]));
        let filter = doc! { "_id": 7, "$or": [
            { "_sluicebox.topic_id": { "$ne": "t" } }, { "_sluicebox.partition": { "$ne": 3 } },
            { "_sluicebox.version": { "$lte": 42i64 } },
        ] };
        let updates = adopting.get_array("updates").unwrap();
        assert_eq!(updates[0].as_document().unwrap().get_document("q").unwrap(), &filter);
    }

    #[test]
    fn a_plain_write_replaces_in_order_and_an_append_inserts() {
        let replace = read(target(Manner::Replace).write(&[&document(1, 0), &document(2, 0)]));
        assert!(replace.get_bool("ordered").unwrap());
        let second = replace.get_array("updates").unwrap()[1].as_document().unwrap();
        assert_eq!(second.get_document("q").unwrap(), &doc! { "_id": 2 });
        let append = read(target(Manner::Append).write(&[&document(1, 0)]));
        assert_eq!(append.get_array("documents").unwrap()[..], [Bson::Document(doc! { "_id": 1, "a": "x" })]);
        assert!(!append.get_bool("ordered").unwrap());
    }

    #[test]
    fn foreign_documents_are_asked_for_by_id() {
        let documents = [document(1, 0), document(2, 0)];
        let find = target(guard(false)).find_foreign(&documents.iter().collect::<Vec<_>>()).unwrap();
        let filter = read(find).get_document("filter").unwrap().clone();
        assert_eq!(filter.get_document("_id").unwrap(), &doc! { "$in": [1, 2] });
        assert!(target(guard(true)).find_foreign(&[]).is_none(), "they are replaced");
    }

    #[test]
    fn an_answer_is_read_without_the_values_in_it() {
        let met = doc! { "index": 3, "code": 11000, "keyPattern": { "_id": 1 }, "errmsg": "dup key: secret" };
        let old = doc! { "index": 4, "code": 11000, "errmsg": "E11000 duplicate key error collection: a.b index: _id_ dup key: { : 1 }" };
        let other = doc! { "index": 5, "code": 11000, "keyPattern": { "email": 1 }, "errmsg": "secret" };
        let verdict = Verdict::of(&doc! { "ok": 1, "writeErrors": [met, old, other] });
        assert_eq!(verdict.met, [3, 4]);
        let (at, why) = verdict.refused.expect("another index");
        assert!(at == 5 && !why.contains("secret"), "{why}");
        let again = Verdict::of(&doc! { "ok": 1, "writeErrors": [{ "index": 0, "code": 11602 }] });
        assert!(again.again.is_some() && again.refused.is_none());
        let concern =
            doc! { "ok": 1, "writeConcernError": { "code": 64, "codeName": "WriteConcernTimeout" } };
        assert!(Verdict::of(&concern).again.unwrap().contains("WriteConcernTimeout"));
        assert_eq!(Verdict::of(&doc! { "ok": 1, "n": 2 }), Verdict::default());
    }

    #[test]
    fn a_bulk_is_bounded_and_takes_any_single_document() {
        let mut bulk = Bulk::default();
        assert!(!bulk.is_full(BYTES * 4));
        bulk.add(document(1, 0));
        assert!(bulk.is_full(BYTES) && !bulk.is_full(100));
        assert_eq!("majority".parse(), Ok(WriteConcern::Majority));
        assert_eq!("2".parse(), Ok(WriteConcern::Members(2)));
        assert!("0".parse::<WriteConcern>().is_err() && "most".parse::<WriteConcern>().is_err());
    }
}
