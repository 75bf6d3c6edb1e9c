//! A record as a document: its `_id` in front, its fields as they come, and in a batch where it is from.
//!
//! In a batch a document ends with `_sluicebox: {topic_id, partition, version}`, by which a late write is
//! known. A record that has one of these two itself is refused.

use super::Fault;
use super::bson::{self, Type};
use super::shape::{Shape, Struct};
use super::value::Values;
use crate::batch::{Batch, Versions};
use crate::json::{Cursor, Getter, Key, Kind, Path};
use crate::run::exit::Result;
use crate::stream::{Record, Reject, Trouble};

/// The field of a document that says where it is from.
pub const MARK: &str = "_sluicebox";
/// The field that names a document.
pub const ID: &str = "_id";
/// The largest document.
const MAX_BYTES: usize = 16 << 20;

/// What a document is called by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdFrom {
    /// The value at a path.
    Path(Path),
    /// The name of the batch, and the record's number in it.
    Batch,
    /// A new one that nobody else has: then a second run adds the same again.
    Chance,
}

/// A document on its way.
#[derive(Clone, Debug)]
pub struct Document {
    /// All of it.
    pub bytes: Vec<u8>,
    /// Where the element `_id` ends, which is the first.
    pub id_end: usize,
    /// Its version; 0 outside of a batch.
    pub version: i64,
    /// The line that it came from.
    pub line: u64,
}

impl Document {
    /// The element `_id`: type, name and value.
    pub fn id(&self) -> &[u8] {
        &self.bytes[4..self.id_end]
    }
}

/// What makes documents of records.
pub struct Documents {
    id: Id,
    shape: Struct,
    batch: Option<(Batch, Versions)>,
    scratch: Vec<u8>,
}

enum Id {
    /// Whether the path is the field `_id` itself.
    Path(Box<Getter>, bool),
    Batch(String),
    Chance,
}

impl Documents {
    /// Documents of this shape, called by `id`; `batch` is what the input is.
    pub fn new(id: IdFrom, shape: Struct, batch: Option<&Batch>) -> Result<Self> {
        let versions = |batch: &Batch| Ok((batch.clone(), Versions::of(&batch.range)?));
        let id = match (id, batch) {
            (IdFrom::Path(path), _) => {
                let is_id = path.to_string() == ID;
                Id::Path(Box::new(Getter::new(path)?), is_id)
            }
            (IdFrom::Batch, Some(batch)) => Id::Batch(batch.name()),
            (IdFrom::Batch | IdFrom::Chance, _) => Id::Chance,
        };
        Ok(Self { id, shape, batch: batch.map(versions).transpose()?, scratch: Vec::new() })
    }

    /// The document of `record`, or why it is none.
    pub fn document(&mut self, record: &Record<'_>) -> Result<Document, Trouble> {
        let version = match &self.batch {
            Some((_, versions)) => versions.of_line(record.line())?,
            None => 0,
        };
        let mut bytes = Vec::with_capacity(record.bytes().len() + 128);
        let start = bson::begin(&mut bytes);
        self.put_id(record, &mut bytes)?;
        let id_end = bytes.len();
        self.put_fields(record, &mut bytes)?;
        if let Some((batch, _)) = &self.batch {
            put_mark(batch, version, &mut bytes);
        }
        bson::end(&mut bytes, start);
        if bytes.len() > MAX_BYTES {
            return Err(Reject::new("more than 16 MiB as a document, and MongoDB takes no larger one").into());
        }
        Ok(Document { bytes, id_end, version, line: record.line() })
    }

    fn put_id(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Reject> {
        match &mut self.id {
            Id::Batch(name) => bson::put_text(out, ID, &format!("{name}-{:06}", record.line() - 1)),
            Id::Chance => {
                bson::name(out, Type::ObjectId, ID.as_bytes());
                out.extend_from_slice(&mongodb::bson::oid::ObjectId::new().bytes());
            }
            Id::Path(getter, _) => {
                let found = getter.get(record)?;
                let path = || getter.path().to_string();
                let value = found.filter(|value| matches!(value.kind, Kind::String | Kind::Number));
                let Some(value) = value else {
                    let wrong = if found.is_none_or(|value| value.kind == Kind::Null) {
                        "missing"
                    } else {
                        "no text and no number"
                    };
                    return Err(Reject::at(path(), format!("{wrong}, and it is the _id")));
                };
                let mut cursor = Cursor::bytes(&record.bytes()[value.span.range()]);
                let mut values = Values { scratch: &mut self.scratch };
                let put = values.element(&Shape::Any, ID.as_bytes(), &mut cursor, out, 0);
                put.map_err(|fault| Reject { path: Some(path()), ..Reject::from(fault) })?;
            }
        }
        Ok(())
    }

    fn put_fields(&mut self, record: &Record<'_>, out: &mut Vec<u8>) -> Result<(), Reject> {
        let is_id = matches!(self.id, Id::Path(_, true));
        let in_batch = self.batch.is_some();
        let mut values = Values { scratch: &mut self.scratch };
        let mut cursor = Cursor::new(record);
        let reserved = |key: &Key<'_>| {
            if in_batch && key.is(MARK) {
                return Err(Fault::plain("a name that batches use").under(MARK));
            }
            match (key.is(ID), is_id) {
                (true, false) => {
                    Err(Fault::plain("the record has an _id of its own, which --id _id would take").under(ID))
                }
                (written_already, _) => Ok(written_already),
            }
        };
        values.fields(&self.shape, &mut cursor, out, 1, reserved)?;
        cursor.finish()?;
        Ok(())
    }
}

fn put_mark(batch: &Batch, version: i64, out: &mut Vec<u8>) {
    bson::put_inside(out, Type::Document, MARK, |out| {
        bson::put_text(out, "topic_id", &batch.range.topic_id);
        bson::put_int(out, "partition", batch.range.partition);
        bson::put_long(out, "version", version);
    });
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{Bson, RawDocumentBuf, doc};

    use super::super::shape::Unknown;
    use super::*;
    use crate::schema::ddl;
    use crate::stream::seal::Range;

    fn batch() -> Batch {
        let (topic, topic_id) = ("users".to_owned(), "bQpS2sVYQ7K1nCJ2pkWXgA".to_owned());
        let range = Range { topic, topic_id, partition: 3, first_offset: 7, end_offset: 9 };
        Batch { range, date: "2026-11-20".into() }
    }

    fn read(bytes: Vec<u8>) -> mongodb::bson::Document {
        RawDocumentBuf::from_bytes(bytes).unwrap().try_into().unwrap()
    }

    fn told(trouble: Trouble) -> String {
        match trouble {
            Trouble::Reject(reject) => format!("{}: {}", reject.path.unwrap_or_default(), reject.reason),
            Trouble::Fail(error) => error.to_string(),
        }
    }

    fn made(documents: &mut Documents, line: &str) -> Result<mongodb::bson::Document, String> {
        documents.document(&Record::new(line.as_bytes(), 2)).map(|made| read(made.bytes)).map_err(told)
    }

    fn by_id() -> Documents {
        Documents::new(IdFrom::Path(Path::parse("id").unwrap()), Struct::open(), None).unwrap()
    }

    fn with_schema(text: &str, unknown: Unknown) -> Documents {
        let shape = Struct::of(&ddl::parse(text).unwrap(), unknown).unwrap();
        Documents::new(IdFrom::Path(Path::parse("id").unwrap()), shape, None).unwrap()
    }

    #[test]
    fn json_is_what_it_is() {
        let line =
            r#"{"id":"x","a":1,"b":-2147483649,"c":1.5,"d":[true,null,{}],"e":"\u00e9","f":1e2,"g":-0}"#;
        let expected = doc! {
            "_id": "x", "id": "x", "a": 1, "b": -2147483649i64, "c": 1.5, "d": [true, Bson::Null, {}],
            "e": "é", "f": 100.0, "g": -0.0,
        };
        let made = made(&mut by_id(), line).unwrap();
        assert_eq!(made, expected);
        assert!(made.get_f64("g").unwrap().is_sign_negative());
    }

    #[test]
    fn what_would_be_bent_is_refused_without_its_value() {
        for (line, why) in [
            (
                r#"{"id":1,"a":9223372036854775808}"#,
                "a: an integer beyond 64 bits, and no schema says DECIMAL",
            ),
            (r#"{"id":1,"a":1e400}"#, "a: a number too large for the column"),
            (r#"{"id":1,"a":{"$x":1}}"#, "a.$x: a name that begins with $"),
            (r#"{"id":1,"a.b":1}"#, "\"a.b\": a name that holds a ."),
            (r#"{"id":1,"a":1,"\u0061":2}"#, ": two values for one field"),
            (r#"{"id":1,"_id":2}"#, "_id: the record has an _id of its own, which --id _id would take"),
            (r#"{"a":1}"#, "id: missing, and it is the _id"),
            (r#"{"id":null}"#, "id: missing, and it is the _id"),
            (r#"{"id":[1]}"#, "id: no text and no number, and it is the _id"),
        ] {
            assert_eq!(made(&mut by_id(), line), Err(why.to_owned()), "{line}");
        }
        let deep = format!(r#"{{"id":1,"a":{}{}}}"#, "[".repeat(100), "]".repeat(100));
        assert!(made(&mut by_id(), &deep).unwrap_err().contains("nested more than 100 deep"));
        let fits = format!(r#"{{"id":1,"a":{}{}}}"#, "[".repeat(99), "]".repeat(99));
        assert!(made(&mut by_id(), &fits).is_ok());
        let large = format!(r#"{{"id":1,"a":"{}"}}"#, "x".repeat(16 << 20));
        assert!(made(&mut by_id(), &large).unwrap_err().contains("16 MiB"));
    }

    #[test]
    fn a_batch_names_and_marks_its_documents() {
        let mut documents = Documents::new(IdFrom::Batch, Struct::open(), Some(&batch())).unwrap();
        let mark = doc! { "topic_id": "bQpS2sVYQ7K1nCJ2pkWXgA", "partition": 3, "version": 7001i64 };
        let name = "users-bQpS2sVY-00003-00000000000000000007-000001";
        assert_eq!(made(&mut documents, r#"{"a":1}"#), Ok(doc! { "_id": name, "a": 1, "_sluicebox": mark }));
        assert_eq!(
            made(&mut documents, r#"{"_sluicebox":1}"#),
            Err("_sluicebox: a name that batches use".into())
        );
        let made = documents.document(&Record::new(b"{}", 1)).unwrap();
        assert_eq!((made.version, made.line), (7000, 1));
        assert!(made.id().starts_with(b"\x02_id\0") && made.id().ends_with(b"-000000\0"));
    }

    #[test]
    fn an_id_may_be_the_field_of_that_name() {
        let mut documents =
            Documents::new(IdFrom::Path(Path::parse("_id").unwrap()), Struct::open(), None).unwrap();
        assert_eq!(made(&mut documents, r#"{"a":1,"_id":7}"#), Ok(doc! { "_id": 7, "a": 1 }));
    }

    #[test]
    fn a_schema_says_what_json_cannot() {
        let ddl = "id STRING, at TIMESTAMP, day DATE, price DECIMAL(5,2), n BIGINT, x DOUBLE, b BINARY, zip STRING, \
                   m MAP<STRING, BIGINT>, s STRUCT<a: INT NOT NULL>, t ARRAY<DATE>";
        let mut documents = with_schema(ddl, Unknown::Reject);
        let line = r#"{"id":"x","at":"2024-01-02T03:04:05.678Z","day":"1970-01-02","price":12.5,"n":1,"x":1,"b":"AQI=","zip":9829,
                       "m":{"k":1},"s":{"a":1},"t":["1970-01-01"]}"#;
        let date = |millis| Bson::DateTime(mongodb::bson::DateTime::from_millis(millis));
        let made_of = made(&mut documents, line).unwrap();
        assert_eq!(made_of.get("at"), Some(&date(1_704_164_645_678)));
        assert_eq!(made_of.get("day"), Some(&date(86_400_000)));
        assert_eq!(made_of.get("price"), Some(&Bson::Decimal128("12.50".parse().unwrap())));
        assert_eq!((made_of.get("n"), made_of.get("x")), (Some(&Bson::Int64(1)), Some(&Bson::Double(1.0))));
        assert_eq!(made_of.get("zip"), Some(&Bson::String("9829".into())));
        assert_eq!(made_of.get("t"), Some(&Bson::Array(vec![date(0)])));
        assert_eq!(made_of.get_document("m").unwrap(), &doc! { "k": 1i64 });
        for (line, why) in [
            (r#"{"id":"x","z":1}"#, "z: unknown field"),
            (
                r#"{"id":"x","at":"2024-01-02T03:04:05.678901Z"}"#,
                "at: a time finer than a millisecond (TIMESTAMP)",
            ),
            (r#"{"id":"x","n":"1"}"#, "n: a string where the schema has BIGINT"),
            (r#"{"id":"x","s":{}}"#, "s.a: missing, and NOT NULL"),
            (r#"{"id":"x","s":{"a":null}}"#, "s.a: null, and NOT NULL"),
            (r#"{"id":"x","price":1000}"#, "price: more digits than the DECIMAL has (DECIMAL)"),
            (r#"{"id":"x","m":{"secret":"x"}}"#, "m.*: a string where the schema has BIGINT"),
        ] {
            assert_eq!(made(&mut documents, line), Err(why.to_owned()), "{line}");
        }
        let mut open = with_schema("id STRING, n BIGINT", Unknown::Keep);
        assert_eq!(
            made(&mut open, r#"{"id":"x","n":1,"z":1}"#),
            Ok(doc! { "_id": "x", "id": "x", "n": 1i64, "z": 1 })
        );
    }

    #[test]
    fn a_schema_that_mongodb_has_no_types_for_is_told() {
        for text in ["a TIMESTAMP_NTZ", "a DECIMAL(38,2)", "a MAP<INT, INT>"] {
            assert!(Struct::of(&ddl::parse(text).unwrap(), Unknown::Reject).is_err(), "{text}");
        }
    }
}
