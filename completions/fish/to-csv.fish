complete -c to-csv -l schema -d 'The schema: a file with Spark\'s DDL, as infer-schema prints it' -r -F
complete -c to-csv -l schema-ddl -d 'The schema itself: \'name STRING NOT NULL, age INT\'' -r
complete -c to-csv -l dialect -d 'Whose CSV it is to be' -r -f -a "rfc4180\t'Quotes in texts are doubled: DuckDB, PostgreSQL, pyarrow, pandas, spreadsheets'
spark\t'Quotes in texts are escaped with backslashes: Spark\'s CSV reader and writer'"
complete -c to-csv -l null -d 'What stands for null, without quotes [default: nothing]' -r
complete -c to-csv -l delimiter -d 'What stands between cells: one character, or tab' -r
complete -c to-csv -l nested -d 'Structs, arrays and maps: reject the schema that has some, or write them as JSON text' -r -f -a "reject\t'A schema that has some is refused'
json\t'JSON text in the cell, checked by the schema'"
complete -c to-csv -l unknown -d 'Fields that the schema does not know: reject, ignore, or column=NAME' -r
complete -c to-csv -s o -l output -d 'Write to this file, which must not exist; it appears only when it is whole; - is stdout' -r -F
complete -c to-csv -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c to-csv -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c to-csv -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c to-csv -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c to-csv -l max-line-bytes -d 'Reject lines above this size' -r
complete -c to-csv -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c to-csv -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c to-csv -l config -d 'Read settings from this file alone' -r -F
complete -c to-csv -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c to-csv -l no-header -d 'Write no row with the names of the columns'
complete -c to-csv -l crlf -d 'End lines with CR LF, as RFC 4180 has it'
complete -c to-csv -l multiline -d 'Allow line ends in texts, which Spark\'s reader takes with its option multiLine alone'
complete -c to-csv -l spreadsheet-safe -d 'Put \' before texts that a spreadsheet would run as formulas; this changes them'
complete -c to-csv -l dry-run -d 'Check every record against the schema, and write nothing'
complete -c to-csv -l seal -d 'Seal the stream that begins here'
complete -c to-csv -s q -l quiet -d 'Print errors only'
complete -c to-csv -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c to-csv -s h -l help -d 'Print help (see more with \'--help\')'
complete -c to-csv -s V -l version -d 'Print version'
