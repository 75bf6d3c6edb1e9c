complete -c postgres-put -s t -l table -d 'The table: TABLE or SCHEMA.TABLE, spelled as it is, case included' -r
complete -c postgres-put -l schema -d 'What records look like: a file with Spark\'s DDL [default: what the table itself says]' -r -F
complete -c postgres-put -l schema-ddl -d 'The schema itself: \'name STRING NOT NULL, age INT\'' -r
complete -c postgres-put -l unknown -d 'Fields that the schema does not know: reject, ignore, or column=NAME' -r
complete -c postgres-put -l upsert -d 'Replace rows of the same key, which these columns are; within a run the last record wins' -r
complete -c postgres-put -l offsets-table -d 'Where the offsets of batches are kept [default: sluicebox_offsets beside the table]' -r
complete -c postgres-put -l rejects-table -d 'Where rejects are kept [default: sluicebox_rejects beside the table]' -r
complete -c postgres-put -l url -d 'Where the database is: postgresql://USER@HOST:PORT/DB?sslmode=..., or \'host=... dbname=...\'' -r
complete -c postgres-put -l password-file -d 'A file with the password alone' -r -F
complete -c postgres-put -l connect-timeout -d 'How long to wait for a connection' -r
complete -c postgres-put -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c postgres-put -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c postgres-put -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c postgres-put -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c postgres-put -l max-line-bytes -d 'Reject lines above this size' -r
complete -c postgres-put -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c postgres-put -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c postgres-put -l config -d 'Read settings from this file alone' -r -F
complete -c postgres-put -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c postgres-put -l create -d 'Make what is not there yet: the table by the schema, and in a batch those for offsets and rejects'
complete -c postgres-put -l dry-run -d 'Check the connection, the table, the rights and every record; store nothing'
complete -c postgres-put -l seal -d 'Seal the stream that begins here'
complete -c postgres-put -s q -l quiet -d 'Print errors only'
complete -c postgres-put -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c postgres-put -s h -l help -d 'Print help (see more with \'--help\')'
complete -c postgres-put -s V -l version -d 'Print version'
