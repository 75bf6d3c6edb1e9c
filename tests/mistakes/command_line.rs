//! What is typed wrong: each command's options and operands.

use super::Desk;

/// A line that is typed, and what the answer must hold.
type Mistake = (&'static str, &'static [&'static str]);

const SOURCES: &[Mistake] = &[
    ("generate-users --results many", &["many", "--results"]),
    ("generate-users --gender neither", &["neither", "--gender"]),
    ("generate-users --nat XX", &["XX", "--nat"]),
    ("generate-users --every soon", &["soon", "--every"]),
    ("generate-users --max-rejects lots", &["lots", "write a count (10)"]),
    ("fetch-users --url nowhere", &["nowhere", "--url"]),
    ("fetch-users --inc name --exc email", &["--inc", "--exc"]),
    ("fetch-users --inc nmae", &["known are gender, name"]),
    ("kafka-consume -b h:1", &["<TOPIC>"]),
    ("kafka-consume -b http://h:1 t", &["a URL", "-b h:1"]),
    ("kafka-consume -b h:1 t --from 2026-11-20T08:00:00", &["no place to start", "08:00:00Z"]),
    ("kafka-consume -b h:1 t --from yesterday", &["yesterday", "2026-11-20T08:00:00Z"]),
    ("kafka-consume -b h:1 t --follow --exit-at-end", &["--follow", "--exit-at-end"]),
    ("from-parquet", &["<FILE>"]),
];

const TRANSFORMS: &[Mistake] = &[
    ("hash-fields", &["<PATH>", "hash-fields <PATH>"]),
    ("hash-fields email", &["no key", "hash-fields --new-key hash.key"]),
    ("hash-fields --key-file hash.key a a.b", &["overlap"]),
    ("hash-fields --key-file hash.key a..b", &["a..b"]),
    ("hash-fields --key-file hash.key $.email", &["'$.email'", "(try: email)"]),
    ("hash-fields --key-file hash.key .email", &["'.email'", "(try: email)"]),
    ("hash-fields --key-file hash.key *", &["'*'", "one by one"]),
    ("hash-fields --key-file hash.key tags.*", &["(try: tags[*])"]),
    ("hash-fields --key-file hash.key --algorithm sha1 a", &["sha1", "hmac-sha256"]),
    ("hash-fields --max-line-bytes 1parsec --key-file hash.key a", &["1parsec"]),
    ("hash-fields --drain-timeout soon --key-file hash.key a", &["soon"]),
    ("map-fields", &["nothing is mapped", "map-fields city=location.city"]),
    ("map-fields location.city", &["(try: city=location.city)"]),
    ("map-fields a=a users.ndjson", &["(try: map-fields ... < users.ndjson)"]),
    ("map-fields a:text=a", &["no type 'text'", "(try: string)"]),
    ("map-fields a={b", &["never closed", "{b}"]),
    ("map-fields a=b a=c", &["field 'a' is mapped twice"]),
    ("map-fields a=b.*", &["(try: b[*])"]),
    ("map-fields --where a=1", &["equality is written =="]),
    ("map-fields --explode a[*] b=a", &["(try: --explode a)"]),
    ("map-fields --keep a --drop b", &["three ways"]),
    ("map-fields o=@offset", &["--envelope"]),
    ("map-fields --map-file absent", &["cannot read absent"]),
    ("via", &["<PROGRAM>", "via -- <PROGRAM>"]),
    ("via cat", &["(try: via -- cat ...)"]),
    ("via --seal jq -c .", &["(try: via -- jq ...)"]),
    ("via -- no-such-program", &["no-such-program", "No such file"]),
];

const ENCODERS: &[Mistake] = &[
    ("to-parquet", &["--schema <FILE>"]),
    ("to-parquet --schema good.ddl users.ndjson", &["(try: to-parquet ... < users.ndjson)"]),
    ("to-parquet --schema-ddl 'a'", &["--schema-ddl"]),
    ("to-parquet --schema good.ddl --compression lzma", &["lzma", "zstd"]),
    ("to-parquet --schema good.ddl --unknown column=", &["--unknown"]),
    ("to-parquet --schema good.ddl --meta x", &["KEY=VALUE"]),
    ("to-csv", &["--schema <FILE>"]),
    ("to-csv --schema good.ddl users.ndjson", &["(try: to-csv ... < users.ndjson)"]),
    ("to-csv --schema good.ddl --delimiter x", &["'x' is no delimiter", "tab"]),
    ("to-csv --schema good.ddl --dialect excel", &["excel", "rfc4180"]),
    ("to-csv --schema-ddl a:STRUCT<b:INT>", &["nested", "--nested json"]),
];

const SINKS: &[Mistake] = &[
    ("kafka-produce -b h:1 -t t users.ndjson", &["(try: kafka-produce ... < users.ndjson)"]),
    ("kafka-produce", &["--topic"]),
    ("kafka-produce -b h:1 -t t -p x", &["'x'"]),
    ("kafka-produce -b h:1 -t bad/name", &["bad/name"]),
    ("kafka-produce -b h:1 -t t -H x", &["NAME=VALUE"]),
    ("kafka-produce -b h:1 -t t -X nonsense=1", &["nonsense"]),
    ("kafka-produce -b h:1 -t t -X linger.ms=soon", &["linger.ms"]),
    ("kafka-produce -b h:1 -t t -X acks=1", &["acks is always all"]),
    ("kafka-produce -b h:1 -t t -F absent", &["absent", "No such file"]),
    ("kafka-produce -b h:1 -t t -F noise.properties", &["line 1", "key=value"]),
    ("kafka-produce -b h:1 -t t --connect-timeout long", &["long"]),
    ("kafka-produce -b https://kafka.example -t t", &["a URL", "-b kafka.example:9092"]),
    ("s3-put lake/x", &["write s3://lake/x"]),
    ("s3-put s3://lake/x --part-size 1KiB", &["--part-size"]),
    ("s3-put --endpoint-url localhost:1 s3://lake/x", &["http://localhost:1"]),
];

const DATABASES: &[Mistake] = &[
    ("cassandra-put -t t", &["--keyspace"]),
    ("cassandra-put -k k -t t", &["no contact points", "--contact-points HOST:9042"]),
    ("cassandra-put -k k -t t --contact-points cassandra://h", &["no URL", "HOST:9042"]),
    ("cassandra-put -k k -t t --contact-points h --create", &["--primary-key"]),
    ("cassandra-put -k k -t t --contact-points h --create --primary-key a", &["--create needs a schema"]),
    ("cassandra-put -k k -t t --contact-points h --primary-key (a", &["closing parenthesis"]),
    ("cassandra-put -k k -t t --contact-points h --consistency most", &["most", "local_quorum"]),
    ("cassandra-put -k k -t t --contact-points h --timestamp a..b", &["a..b"]),
    ("cassandra-put -k k -t t --contact-points h --timestamp offset", &["only a batch", "--timestamp now"]),
    ("cassandra-put -k k -t t --contact-points h --credentials good.ddl", &["good.ddl", "no [section]"]),
    ("mongo-put -d d", &["--collection"]),
    ("mongo-put -d d -c c", &["no connection string", "$MONGODB_URI"]),
    ("mongo-put -d d -c c --uri h:27017", &["no mongodb:// URI"]),
    ("mongo-put -d d -c c --uri mongodb://a:b@h", &["everybody on this machine", "--uri-file"]),
    ("mongo-put -d d -c c --uri mongodb://h --write-concern most", &["most", "majority"]),
    ("mongo-put -d d -c c --uri mongodb://h --schema-ddl a!DECIMAL(38,2)", &["--schema-ddl"]),
    ("mongo-put -d d -c c --uri mongodb://h --tls-ca absent", &["absent", "No such file"]),
];

const CONTROL: &[Mistake] = &[
    ("topic-admin -b h:1,h:port list", &["'h:port'", "-b h:9092"]),
    ("topic-admin -b h:1 crate x", &["crate", "(try: create)"]),
    ("topic-admin -b h:1 create x -p 0", &["0"]),
    ("topic-admin -b h:1 create x -c nonsense", &["nonsense", "retention.ms"]),
    ("infer-schema users.ndjson", &["(try: infer-schema ... < users.ndjson)"]),
    ("sandbox sh x.sh", &["(try: sluicebox sandbox -- sh ...)"]),
    ("sandbox", &["<COMMAND>"]),
    ("sandbox --topic x:0 -- true", &["NAME:PARTITIONS"]),
    ("sandbox -- no-such-program", &["no-such-program", "after --"]),
    ("link --dir absent", &["absent is no folder", "mkdir -p absent"]),
    ("config nonsense", &["no command nonsense", "sluicebox --help"]),
    ("kafka-prodce -t t", &["kafka-prodce", "kafka-produce"]),
];

#[test]
fn mistakes_on_the_command_line() {
    let desk = Desk::set();
    for (line, words) in [SOURCES, TRANSFORMS, ENCODERS, SINKS, DATABASES, CONTROL].concat() {
        desk.mistake(line, 2, words);
    }
}
