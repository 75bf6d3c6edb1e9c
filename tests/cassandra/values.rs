//! What each type takes, and gives back.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::cassandra::Keyspace;
use crate::support::{folder, run};

const TYPES: &str = "CREATE TABLE KS.types (id int PRIMARY KEY, t text, a ascii, b boolean, ti tinyint, si smallint, bi bigint, \
    vi varint, de decimal, f float, d double, ts timestamp, da date, tm time, u uuid, tu timeuuid, i inet, bl blob, \
    l list<int>, s set<text>, m map<text, bigint>, mi map<int, frozen<list<text>>>, tp tuple<int, text>, \
    us frozen<place>, v vector<float, 3>, fl frozen<list<int>>)";

const RECORD: &str = r#"{"id":1,"t":"Zoë \"x\"\n","a":"ascii","b":true,"ti":-128,"si":32767,"bi":-9223372036854775808,
    "vi":170141183460469231731687303715884105728,"de":-12.3400,"f":0.1,"d":1e300,"ts":"2024-01-02T03:04:05.678+01:00",
    "da":"2024-02-29","tm":"23:59:59.000000001","u":"155c6f65-23e8-4bb7-a12c-5f4ac8ba1f2d",
    "tu":"50554d6e-29bb-11e5-b345-feff819cdc9f","i":"2001:db8::1","bl":"AQL/","l":[3,1,2],"s":["b","a"],
    "m":{"x":9007199254740993},"mi":{"-7":["p"]},"tp":[1,null],"us":{"city":"Genk"},"v":[0.5,1,-2],"fl":[]}"#;

#[test]
fn every_type_comes_back_as_it_went() {
    let keyspace = Keyspace::make();
    keyspace.cql("CREATE TYPE KS.place (city text, zip int)");
    keyspace.cql(TYPES);
    keyspace.put("types").stdin(RECORD.replace('\n', "")).go().succeeds();
    let rows = keyspace.cql("SELECT JSON * FROM KS.types");
    let expected = json!({
        "id": 1, "t": "Zoë \"x\"\n", "a": "ascii", "b": true, "ti": -128, "si": 32767, "bi": i64::MIN,
        "f": 0.1, "d": 1e300, "ts": "2024-01-02 02:04:05.678Z", "da": "2024-02-29", "tm": "23:59:59.000000001",
        "u": "155c6f65-23e8-4bb7-a12c-5f4ac8ba1f2d", "tu": "50554d6e-29bb-11e5-b345-feff819cdc9f",
        "i": "2001:db8:0:0:0:0:0:1", "bl": "0x0102ff", "l": [3, 1, 2], "s": ["a", "b"], "m": {"x": 9007199254740993i64},
        "mi": {"-7": ["p"]}, "tp": [1, null], "us": {"city": "Genk", "zip": null}, "v": [0.5, 1.0, -2.0], "fl": [],
    });
    assert_eq!(rows.len(), 1);
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(rows[0][name], *value, "{name}");
    }
    // Digits that no JSON number here would keep.
    let text = keyspace.cql("SELECT JSON cast(vi AS text) AS vi, cast(de AS text) AS de FROM KS.types");
    assert_eq!(text[0], json!({"vi": "170141183460469231731687303715884105728", "de": "-12.3400"}));
}

#[test]
fn users_come_back_field_by_field() {
    let keyspace = Keyspace::make();
    keyspace.cql(
        "CREATE TABLE KS.users (email text, gender text, phone text, cell text, nat text, day date, n int, PRIMARY KEY (email, n))",
    );
    let users = run("generate-users").args(["--results", "500", "--seed", "cql"]).go().succeeds().json();
    let day = |user: &Value| user["dob"]["date"].as_str().unwrap()[..10].to_owned();
    let flat: Vec<Value> = users
        .iter()
        .enumerate()
        .map(|(n, user)| {
            json!({"email": user["email"], "gender": user["gender"], "phone": user["phone"], "cell": user["cell"],
                   "nat": user["nat"], "day": day(user), "n": n})
        })
        .collect();
    let lines: String = flat.iter().map(|user| format!("{user}\n")).collect();
    let ran = keyspace.put("users").arg("--summary").stdin(lines).go().exits(0);
    let told: Value = serde_json::from_str(&ran.stderr).unwrap();
    assert_eq!((&told["written"], &told["rows"]), (&json!(500), &json!(500)), "{told}");
    let by_number = |rows: Vec<Value>| -> BTreeMap<u64, Value> {
        rows.into_iter().map(|row| (row["n"].as_u64().unwrap(), row)).collect()
    };
    assert_eq!(by_number(keyspace.cql("SELECT JSON * FROM KS.users")), by_number(flat));
}

#[test]
fn bad_records_are_rejected_with_a_reason_and_the_others_are_stored() {
    let keyspace = Keyspace::make();
    keyspace.cql("CREATE TABLE KS.t (id int PRIMARY KEY, name text, age int)");
    let lines = [
        r#"{"id":1,"name":"ada"}"#,
        r#"{"name":"hunter2"}"#,
        r#"{"id":null}"#,
        r#"{"id":2,"Name":"hunter2"}"#,
        r#"{"id":2,"age":"hunter2"}"#,
        r#"{"id":2,"age":1.0}"#,
        r#"{"id":2"#,
        r#"[]"#,
        r#"{"id":3,"name":7}"#,
    ];
    let list = folder("rejects").join("list");
    let put = keyspace.put("t").args(["--max-rejects", "7", "--rejects", list.to_str().unwrap()]);
    let ran = put.stdin(lines.join("\n")).go().exits(0);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    let listed = std::fs::read_to_string(&list).unwrap();
    assert!(!listed.contains("hunter2"), "{listed}");
    let told: Vec<Value> = listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> =
        told.iter().map(|line| (line["line"].as_u64().unwrap(), line["path"].as_str())).collect();
    let expected = [
        (2, Some("id")),
        (3, Some("id")),
        (4, Some("Name")),
        (5, Some("age")),
        (6, Some("age")),
        (7, None),
        (8, None),
    ];
    assert_eq!(told, expected);
    let mut rows = keyspace.cql("SELECT JSON id, name FROM KS.t");
    rows.sort_by_key(|row| row["id"].as_i64());
    assert_eq!(rows, [json!({"id": 1, "name": "ada"}), json!({"id": 3, "name": "7"})]);
    keyspace.put("t").stdin(lines[1]).go().fails(1, &["id: missing, and it is part of the primary key"]);
}

#[test]
fn a_missing_field_leaves_its_column_and_a_null_empties_it() {
    let keyspace = Keyspace::make();
    keyspace.cql("CREATE TABLE KS.t (id int PRIMARY KEY, a text, b text)");
    let put = |line: &str, options: &[&str]| {
        keyspace.put("t").args(options).stdin(line).go().succeeds();
        keyspace.cql("SELECT JSON a, b FROM KS.t")[0].clone()
    };
    put(r#"{"id":1,"a":"x","b":"y"}"#, &[]);
    assert_eq!(put(r#"{"id":1,"b":"z"}"#, &[]), json!({"a": "x", "b": "z"}));
    assert_eq!(put(r#"{"id":1,"a":null}"#, &["--nulls", "ignore"]), json!({"a": "x", "b": "z"}));
    assert_eq!(put(r#"{"id":1,"a":null}"#, &[]), json!({"a": null, "b": "z"}));
}

#[test]
fn the_last_of_two_records_with_one_key_stays_however_many_are_on_their_way() {
    let keyspace = Keyspace::make();
    keyspace.cql("CREATE TABLE KS.t (id int PRIMARY KEY, n int, l list<int>)");
    let lines: String = (0..3000).map(|n| format!("{{\"id\":{},\"n\":{n},\"l\":[{n}]}}\n", n % 7)).collect();
    keyspace.put("t").args(["--concurrency", "512"]).stdin(lines).go().succeeds();
    for row in keyspace.cql("SELECT JSON * FROM KS.t") {
        let (id, n) = (row["id"].as_i64().unwrap(), row["n"].as_i64().unwrap());
        assert!(n >= 2993 && n % 7 == id, "{row}");
        assert_eq!(row["l"], json!([n]), "all of the last one");
    }
}
