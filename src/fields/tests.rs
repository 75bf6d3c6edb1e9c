//! The plan at work on whole records: what goes in, what comes out, and what is told.

use super::{Mapper, Options, Place};
use crate::stream::{Fate, Line, Reject, Transform};

/// Options from a command line, its words split at blanks; `~` is a blank in a word.
fn options(line: &str) -> Options {
    let mut options = Options::default();
    let mut words = line.split_whitespace().map(|word| word.replace('~', " "));
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap();
        match word.as_str() {
            "--all" => options.all = true,
            "--envelope" => options.place = Place::Envelope,
            "--keep" => options.keep.push(value()),
            "--drop" => options.drop.push(value()),
            "--explode" => options.explode = Some(value()),
            "--where" => options.filter = Some(value()),
            _ => options.mappings.push(word),
        }
    }
    options
}

fn mapper(line: &str) -> Mapper {
    Mapper::new(&options(line)).unwrap_or_else(|error| panic!("{line}: {error}"))
}

/// What becomes of one record.
fn pass(mapper: &mut Mapper, record: &str) -> Result<(Fate, String), Reject> {
    let mut buffer = Vec::new();
    let fate = mapper.map(record.as_bytes(), &mut Line::new(&mut buffer))?;
    Ok((fate, String::from_utf8(buffer).unwrap()))
}

#[track_caller]
fn map(line: &str, record: &str) -> String {
    let (fate, text) = pass(&mut mapper(line), record).unwrap_or_else(|reject| panic!("{line}: {reject:?}"));
    assert_eq!(fate, Fate::Passed, "{line}");
    serde_json::from_str::<serde_json::Value>(&text)
        .unwrap_or_else(|error| panic!("{line}: {text}: {error}"));
    text
}

#[track_caller]
fn refused(line: &str, record: &str) -> String {
    let reject = pass(&mut mapper(line), record).unwrap_err();
    assert!(!format!("{:?}", (&reject.reason, &reject.path)).contains("s3cret"), "{reject:?}");
    format!(
        "{}: {} (try: {})",
        reject.path.unwrap_or_default(),
        reject.reason,
        reject.hint.unwrap_or_default()
    )
}

fn wrong(line: &str) -> String {
    Mapper::new(&options(line)).err().unwrap_or_else(|| panic!("{line} is a plan")).to_string()
}

const USER: &str = r#"{"gender":"female","name":{"title":"Mrs","first":"Ada","last":"Lovelace"},"location":{"street":{"number":12,"name":"High Street"},"city":"Lond\u006fn","postcode":9829,"coordinates":{"latitude":"68.7756","longitude":"-79.7762"}},"email":"ada@example.com","nat":"GB"}"#;

#[test]
fn the_flat_record_of_a_user_is_one_command() {
    let line = "name={name.title}.~{name.first}~{name.last} gender=gender \
        address={location.street.number},~{location.street.name} city=location.city nation=nat \
        zip:string=location.postcode latitude:double=location.coordinates.latitude \
        longitude:double=location.coordinates.longitude email=email";
    let expected = r#"{"name":"Mrs. Ada Lovelace","gender":"female","address":"12, High Street","city":"Lond\u006fn","nation":"GB","zip":"9829","latitude":68.7756,"longitude":-79.7762,"email":"ada@example.com"}"#;
    assert_eq!(map(line, USER), expected);
}

#[test]
fn values_that_are_only_moved_keep_their_bytes() {
    let record =
        "{ \"n\" : 1.0e+05, \"o\":{ \"a\" : [1 , 2] ,\"\\u0062\":null}, \"s\":\"\\/\\u00e9\\ud800\" }\r";
    let moved = pass(&mut mapper("x=n y=o z=s"), record).unwrap().1;
    assert_eq!(
        moved,
        "{\"x\":1.0e+05,\"y\":{ \"a\" : [1 , 2] ,\"\\u0062\":null},\"z\":\"\\/\\u00e9\\ud800\"}"
    );
    assert_eq!(
        map("b=o.b a=o.a[1] all=@record", "{\"o\":{\"b\":0,\"a\":[1,[2]]}}"),
        r#"{"b":0,"a":[2],"all":{"o":{"b":0,"a":[1,[2]]}}}"#
    );
    for line in ["--all", "--drop x?", "--where n~exists"] {
        assert_eq!(pass(&mut mapper(line), record).unwrap().1, record, "{line}");
    }
}

#[test]
fn fields_may_nest_and_be_literals() {
    let line = r#"a.city=c a."x.y":=[1,~null] kind:="user" a.zip=z b.c.d:=-1.50"#;
    let expected = r#"{"a":{"city":"x","x.y":[1, null],"zip":7},"kind":"user","b":{"c":{"d":-1.50}}}"#;
    assert_eq!(map(line, r#"{"c":"x","z":7}"#), expected);
}

#[test]
fn what_is_missing_is_refused_left_out_or_replaced() {
    assert!(refused("x=a.b", "{\"a\":{}}").starts_with("a.b: missing field (try: x?=... "));
    assert!(refused("x=locaton", r#"{"location":1}"#).contains("(try: location)"));
    assert_eq!(map("x?=a y=b o.z?=a", r#"{"b":null}"#), r#"{"y":null}"#);
    assert_eq!(map("x?={a}-{b} y=b", r#"{"b":1}"#), r#"{"y":1}"#);
    assert_eq!(map("x=a~??~\"none\" y:double=b~??~0", r#"{"b":null}"#), r#"{"x":"none","y":0}"#);
    assert_eq!(map("x={a~??~\"?\"}/{b~??~0}", r#"{"b":null}"#), r#"{"x":"?/0"}"#);
    assert_eq!(map("x:int=a", r#"{"a":null}"#), r#"{"x":null}"#, "null stays null");
    assert!(refused("x={a}", r#"{"a":null}"#).contains("null has no text"));
    assert!(refused("x={a}", r#"{"a":{"b":"s3cret"}}"#).contains("has no text"));
    assert!(refused("x=a.b", r#"{"a":[{"b":1}]}"#).contains("--explode a"));
    assert!(refused("x:int=a", r#"{"a":"s3cret"}"#).contains("spells no number"));
    assert!(refused("x:timestamp=a", r#"{"a":17636}"#).contains("timestamp_ms"));
}

#[test]
fn which_of_two_values_was_meant_is_not_guessed() {
    assert!(refused("x=a", r#"{"a":1,"\u0061":2}"#).contains("two values for one field"));
    assert!(refused("--explode d x=d.s", r#"{"d":[{"s":1,"s":2}]}"#).contains("two values"));
    assert_eq!(map("x=a", r#"{"b":1,"a":0,"b":2}"#), r#"{"x":0}"#);
    // Both go, both stay.
    assert_eq!(map("--drop a", r#"{"a":1,"b":2,"a":3}"#), r#"{"b":2}"#);
    assert_eq!(map("--keep a", r#"{"a":1,"b":2,"a":3}"#), r#"{"a":1,"a":3}"#);
}

#[test]
fn templates_make_strings_of_what_was_sent() {
    assert_eq!(map("x={a}{{}}\"{b}", r#"{"a":"\u00e9\"","b":true}"#), r#"{"x":"\u00e9\"{}\"true"}"#);
    assert!(refused("x={a}{b}", r#"{"a":"\ud83d","b":"\ude00"}"#).contains("lone surrogate"));
}

#[test]
fn keep_and_drop_cut_the_record_and_leave_every_other_byte() {
    let record = "{ \"a\" : 1 , \"b\":{\"c\" :2, \"d\":[ ] } ,\"e\":[{\"f\":1,\"g\":2},{\"g\":3}]}\r";
    for (line, expected) in [
        ("--drop a", "{ \"b\":{\"c\" :2, \"d\":[ ] } ,\"e\":[{\"f\":1,\"g\":2},{\"g\":3}]}\r"),
        ("--drop b,e", "{ \"a\" : 1}\r"),
        ("--drop a,b,e", "{ }\r"),
        ("--drop b.c,e[*].f", "{ \"a\" : 1 , \"b\":{\"d\":[ ] } ,\"e\":[{\"g\":2},{\"g\":3}]}\r"),
        ("--keep b.d", "{ \"b\":{\"d\":[ ] }}\r"),
        ("--keep e,a", "{ \"a\" : 1 ,\"e\":[{\"f\":1,\"g\":2},{\"g\":3}]}\r"),
        ("--keep b.c,x?", "{ \"b\":{\"c\" :2 }}\r"),
        ("--keep e[*].g", "{ \"e\":[{\"g\":2},{\"g\":3}]}\r"),
    ] {
        assert_eq!(map(line, record), expected, "{line}");
    }
    assert!(refused("--keep b.x", record).contains("b.x: missing field (try: --keep 'b.x?')"));
    assert!(refused("--drop e.f", record).contains("an array stands"));
    assert_eq!(map("--drop a.b", r#"{"a":null}"#), r#"{"a":null}"#);
    assert_eq!(map("--keep a.b?", r#"{"a":null,"c":1}"#), "{}");
}

#[test]
fn new_fields_join_what_stays() {
    for (line, record, expected) in [
        ("--all x=a", r#"{"a":1}"#, r#"{"a":1,"x":1}"#),
        ("--all x:=0", "{ }", r#"{"x":0 }"#),
        ("--all a=b", r#"{"a":1,"b":2}"#, r#"{"b":2,"a":2}"#),
        ("--all a?=c", r#"{"a":1,"b":2}"#, r#"{"b":2}"#),
        ("--drop a x.y=a", r#"{"a":1,"x":{"z":0}}"#, r#"{"x":{"z":0,"y":1}}"#),
        ("--drop a x.y=a", r#"{"a":1}"#, r#"{"x":{"y":1}}"#),
        ("--drop x x.y=a", r#"{"a":1,"x":{"z":0}}"#, r#"{"a":1,"x":{"y":1}}"#),
        ("--keep x.z x.y=a", r#"{"a":1,"x":{"z":0,"w":2}}"#, r#"{"x":{"z":0,"y":1}}"#),
        ("--keep x x.y=a", r#"{"a":1,"x":{"z":0,"w":2}}"#, r#"{"x":{"z":0,"w":2,"y":1}}"#),
        ("--keep z? x.y=a b=a", r#"{"a":1}"#, r#"{"x":{"y":1},"b":1}"#),
    ] {
        assert_eq!(map(line, record), expected, "{line}");
    }
    assert!(refused("--all x.y=a", r#"{"a":1,"x":"s3cret"}"#).contains("a value without fields"));
    assert!(refused("--all x.y=a", r#"{"a":1,"x":{},"x":{}}"#).contains("two values"));
}

const TRADE: &str = r#"{"data":[{"c":null,"p":66997.25,"s":"A","t":1763600000246,"v":0.0086},{"c":["1","8"],"p":1.08,"s":"B","t":1763600000246,"v":1}],"type":"trade"}"#;

#[test]
fn trades_are_exploded_and_pings_dropped() {
    let line = "--where type==\"trade\" --explode data symbol=data.s price=data.p time:timestamp_ms=data.t \
        volume=data.v conditions=data.c kind=type n=@index";
    let mut mapper = mapper(line);
    let (fate, text) = pass(&mut mapper, TRADE).unwrap();
    let rows = [
        r#"{"symbol":"A","price":66997.25,"time":"2025-11-20T00:53:20.246Z","volume":0.0086,"conditions":null,"kind":"trade","n":0}"#,
        r#"{"symbol":"B","price":1.08,"time":"2025-11-20T00:53:20.246Z","volume":1,"conditions":["1","8"],"kind":"trade","n":1}"#,
    ];
    assert_eq!((fate, text), (Fate::Exploded, format!("{}\n{}\n", rows[0], rows[1])));
    assert_eq!(pass(&mut mapper, r#"{"type":"ping"}"#).unwrap().0, Fate::Dropped);
    let told = serde_json::Value::from(mapper.finish().unwrap());
    assert_eq!(told["explode"].to_string(), r#"{"elements":2,"dropped":0,"empty":0,"absent":0}"#);
    assert_eq!(told["fields"]["conditions"].to_string(), r#"{"mapped":1,"null":1}"#);
}

#[test]
fn conditions_on_elements_drop_elements() {
    let mut mapper = mapper("--where type==\"trade\"~and~data.p>2 --explode data s=data.s");
    assert_eq!(pass(&mut mapper, TRADE).unwrap(), (Fate::Exploded, "{\"s\":\"A\"}\n".to_owned()));
    // Nothing is asked of a ping's elements.
    assert_eq!(pass(&mut mapper, r#"{"type":"ping"}"#).unwrap().0, Fate::Dropped);
    assert_eq!(pass(&mut mapper, r#"{"type":"trade","data":[{"p":1,"s":"x"}]}"#).unwrap().0, Fate::Dropped);
    assert!(pass(&mut mapper, r#"{"type":"trade"}"#).is_err());
    assert_eq!(mapper.finish().unwrap()["explode"]["dropped"], 2);
}

#[test]
fn an_array_is_empty_absent_or_no_array() {
    let mut strict = mapper("--explode a x=b");
    assert_eq!(pass(&mut strict, r#"{"a":[],"b":1}"#).unwrap(), (Fate::Exploded, String::new()));
    for record in [r#"{"b":1}"#, r#"{"a":null}"#, r#"{"a":{}}"#, r#"{"a":"s3cret"}"#] {
        assert!(pass(&mut strict, record).is_err(), "{record}");
    }
    let mut lax = mapper("--explode a? x=b");
    for record in [r#"{"b":1}"#, r#"{"a":null,"b":1}"#] {
        assert_eq!(pass(&mut lax, record).unwrap(), (Fate::Exploded, String::new()), "{record}");
    }
    assert!(pass(&mut lax, r#"{"a":{}}"#).is_err());
    assert_eq!(
        lax.finish().unwrap()["explode"].to_string(),
        r#"{"elements":0,"dropped":0,"empty":0,"absent":2}"#
    );
    let told = refused("--explode data x=data.s", r#"{"data":[{"s":1},{"S":2}]}"#);
    assert!(told.starts_with("data[1].s: missing field (try: data.S)"), "{told}");
}

#[test]
fn an_exploded_array_gives_its_place_to_the_element() {
    let record = r#"{"k":1, "d":[{"s":1,"t":2},3],"z":0}"#;
    let lines = |line: &str, record: &str| {
        let (fate, text) = pass(&mut mapper(line), record).unwrap();
        assert_eq!(fate, Fate::Exploded);
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        lines("--explode d", record),
        [r#"{"k":1, "d":{"s":1,"t":2},"z":0}"#, r#"{"k":1, "d":3,"z":0}"#]
    );
    let objects = r#"{"k":1,"d":[{"s":1,"t":2},{"t":3}]}"#;
    assert_eq!(
        lines("--explode d --drop d.s", objects),
        [r#"{"k":1,"d":{"t":2}}"#, r#"{"k":1,"d":{"t":3}}"#]
    );
    assert_eq!(lines("--explode d --keep d.t", objects), [r#"{"d":{"t":2}}"#, r#"{"d":{"t":3}}"#]);
    assert_eq!(lines("--explode d --keep d", objects), [r#"{"d":{"s":1,"t":2}}"#, r#"{"d":{"t":3}}"#]);
    assert_eq!(lines("--explode d --keep k", objects), [r#"{"k":1}"#, r#"{"k":1}"#]);
    assert_eq!(lines("--explode d --drop d n=@index", objects), [r#"{"k":1,"n":0}"#, r#"{"k":1,"n":1}"#]);
    assert_eq!(
        lines("--explode a.b --keep a a.n=@index", r#"{"a":{"b":[1],"c":0}}"#),
        [r#"{"a":{"b":1,"c":0,"n":0}}"#]
    );
    assert!(wrong("--explode d --all d.x:=1").contains("exploded"));
}

#[test]
fn an_envelope_is_opened_and_its_words_are_known() {
    let line = r#"{"topic":"t","partition":3,"offset":17,"timestamp":1763600000246,"timestamp_type":"CreateTime","key":"k","headers":[],"value":{"a":1,"d":[{"x":1}]}}"#;
    let words =
        "--envelope a=a at:timestamp_ms=@timestamp o={@topic}/{@partition}/{@offset} k=@key whole=@record";
    assert_eq!(
        map(words, line),
        r#"{"a":1,"at":"2025-11-20T00:53:20.246Z","o":"t/3/17","k":"k","whole":{"a":1,"d":[{"x":1}]}}"#
    );
    assert_eq!(map("--envelope --all offset=@offset", line), r#"{"a":1,"d":[{"x":1}],"offset":17}"#);
    assert_eq!(map("--envelope --where @offset>5~and~a==1 --drop d", line), r#"{"a":1}"#);
    let (_, text) = pass(&mut mapper("--envelope --explode d x=d.x o=@offset i=@index"), line).unwrap();
    assert_eq!(text, "{\"x\":1,\"o\":17,\"i\":0}\n");
    let mut mapper = mapper("--envelope a=a");
    assert_eq!(pass(&mut mapper, r#"{"offset":1,"value":null}"#).unwrap().0, Fate::Dropped);
    assert!(pass(&mut mapper, r#"{"offset":1,"value_text":"s3cret"}"#).is_err());
    assert!(pass(&mut mapper, r#"{"offset":1,"value":"s3cret"}"#).is_err());
    assert_eq!(mapper.finish().unwrap()["tombstones"], 1);
    assert!(refused("--envelope x=@key", r#"{"value":{}}"#).starts_with("@key: missing"));
}

#[test]
fn in_a_batch_the_partition_is_known_and_the_offset_is_not() {
    let mut options = options("t=@topic p=@partition");
    options.place = Place::Batch { topic: "créated".to_owned(), partition: 3 };
    assert_eq!(pass(&mut Mapper::new(&options).unwrap(), "{}").unwrap().1, r#"{"t":"créated","p":3}"#);
    options.mappings = vec!["o=@offset".to_owned()];
    assert!(Mapper::new(&options).err().unwrap().to_string().contains("--envelope"));
    assert!(wrong("t=@topic").contains("--envelope") && wrong("i=@index").contains("--explode"));
}

#[test]
fn a_plan_that_contradicts_itself_is_refused() {
    for (line, word) in [
        ("a=x a=y", "mapped twice"),
        ("a=x a.b=y", "mapped twice"),
        ("a.b=x a=y", "mapped twice"),
        ("--keep a,a.b", "overlap"),
        ("--keep a --drop b", "three ways"),
        ("--keep a a=b", "is kept, and mapped"),
        ("--keep a.b a.b=c", "is kept, and mapped"),
        ("--drop a[0]", "stay where they are"),
        ("--drop a[*]", "stay where they are"),
        ("--explode a[*] x=a", "names alone"),
        ("", "nothing is mapped"),
        ("--where a~=~1", "=="),
    ] {
        assert!(wrong(line).contains(word), "{line}: {}", wrong(line));
    }
}

#[test]
fn an_optional_source_that_never_was_there_is_told_once_a_path() {
    let never = |line: &str, records: &[&str]| {
        let mut mapper = mapper(line);
        records.iter().for_each(|record| drop(pass(&mut mapper, record).unwrap()));
        let never = mapper.work.never_found();
        never.into_iter().map(|(target, place)| format!("{target}={place}")).collect::<Vec<_>>()
    };
    let records = [r#"{"email":"a","nil":null,"d":[{"s":1}]}"#, r#"{"email":"b","sometimes":1,"d":[{}]}"#];
    assert_eq!(never("mail?=emial also?=emial a?=email", &records), ["mail=emial"]);
    assert!(never("a?=sometimes b?=nil c:int?=nil", &records).is_empty(), "there once, or null");
    assert!(never("a?=no.where~??~null b=nowhere~??~1 c:=2", &records).is_empty(), "what has a default");
    // Nobody knows of what stands behind the first that is missing.
    assert_eq!(never("a?={emial}~{email}~{nowhere} e=email", &records), ["a=emial"]);
    assert!(never("a?=<{nil}>", &records).is_empty());
    assert_eq!(never("--explode d a?=d.s b?=d.t", &records), ["b=d.t"]);
    assert!(never("a?=emial", &[]).is_empty(), "no record, no news");
}

#[test]
fn a_drop_that_never_met_anything_fails_in_the_end() {
    let end = |line: &str, records: &[&str]| {
        let mut mapper = mapper(line);
        records.iter().for_each(|record| drop(pass(&mut mapper, record).unwrap()));
        mapper.finish().map(|facts| facts["dropped_fields"].to_string()).map_err(|error| error.to_string())
    };
    let error = end("--drop emial,b", &[r#"{"email":"s3cret","b":1}"#, "{}"]).unwrap_err();
    assert!(error.contains("path 'emial' of --drop matched none of 2 records"), "{error}");
    assert_eq!(end("--drop a,b?", &[r#"{"a":1}"#, "{}"]).unwrap(), r#"{"a":1,"b":0}"#);
    assert!(end("--drop a", &[]).is_ok());
}
