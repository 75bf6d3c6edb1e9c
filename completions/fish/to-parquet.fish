complete -c to-parquet -l schema -d 'The schema: a file with Spark\'s DDL, as infer-schema prints it' -r -F
complete -c to-parquet -l schema-ddl -d 'The schema itself: \'name STRING NOT NULL, age INT\'' -r
complete -c to-parquet -l unknown -d 'Fields that the schema does not know: reject, ignore, or column=NAME' -r
complete -c to-parquet -l compression -d 'How pages are compressed' -r -f -a "zstd\t'Zstandard: small, and fast to read'
snappy\t'Snappy: what old readers know'
none\t'No compression'"
complete -c to-parquet -l compression-level -d 'The level of zstd, 1 to 22' -r
complete -c to-parquet -l row-group-bytes -d 'Close a row group when its encoded size passes this' -r
complete -c to-parquet -l compatibility -d 'Which readers must understand the file' -r -f -a "v2\t'Data pages V2 and their encodings: Spark 3, DuckDB, pyarrow, polars, Trino'
v1\t'Data pages V1 and plain encodings: Athena, Hive, and readers from before 2020'"
complete -c to-parquet -l meta -d 'Say this in the footer, too; can be repeated' -r
complete -c to-parquet -s o -l output -d 'Write to this file, which must not exist; it appears only when it is whole; - is stdout' -r -F
complete -c to-parquet -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c to-parquet -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c to-parquet -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c to-parquet -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c to-parquet -l max-line-bytes -d 'Reject lines above this size' -r
complete -c to-parquet -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c to-parquet -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c to-parquet -l config -d 'Read settings from this file alone' -r -F
complete -c to-parquet -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c to-parquet -l dry-run -d 'Check every record against the schema, and write nothing'
complete -c to-parquet -l seal -d 'Seal the stream that begins here'
complete -c to-parquet -s q -l quiet -d 'Print errors only'
complete -c to-parquet -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c to-parquet -s h -l help -d 'Print help (see more with \'--help\')'
complete -c to-parquet -s V -l version -d 'Print version'
