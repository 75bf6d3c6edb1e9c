complete -c cassandra-put -s k -l keyspace -d 'The keyspace, with its case' -r
complete -c cassandra-put -s t -l table -d 'The table, with its case' -r
complete -c cassandra-put -l schema -d 'What the table is to be like: a file with Spark\'s DDL, as infer-schema prints it' -r -F
complete -c cassandra-put -l schema-ddl -d 'The same on the command line: \'id STRING, age INT\'' -r
complete -c cassandra-put -l primary-key -d 'Its key, as CQL has it: id, or \'(day, hour), id\'' -r
complete -c cassandra-put -l timestamp -d 'When a row counts as written: offset, now, or the field that says it [default: offset in a batch, else now]' -r
complete -c cassandra-put -l nulls -d 'What a null does to its column' -r -f -a "delete\t'Empties it (Cassandra keeps a tombstone)'
ignore\t'Leaves it as it is'"
complete -c cassandra-put -l unknown -d 'What happens to a field without a column' -r -f -a "reject\t'The record is rejected'
ignore\t'It is left out, and counted'"
complete -c cassandra-put -l concurrency -d 'How many rows may be without an answer' -r
complete -c cassandra-put -l rejects-table -d 'In a batch: the table of the same keyspace for the account of rejects' -r
complete -c cassandra-put -l contact-points -d 'Nodes to ask first, separated by commas [default: that of cqlshrc]' -r
complete -c cassandra-put -l local-dc -d 'The data centre to write in: needed where the cluster has several' -r
complete -c cassandra-put -l credentials -d 'A file with [PlainTextAuthProvider], username = and password =, as cqlsh has it' -r -F
complete -c cassandra-put -l cqlshrc -d 'Settings of cqlsh [default: ~/.cassandra/cqlshrc]' -r -F
complete -c cassandra-put -l consistency -d 'How many replicas must have a row before it counts as written' -r -f -a "one\t''
local_one\t''
two\t''
three\t''
quorum\t''
local_quorum\t''
each_quorum\t''
all\t''"
complete -c cassandra-put -l tls-ca -d 'Trust the certificates in this PEM file instead of the system\'s; implies --tls' -r -F
complete -c cassandra-put -l tls-cert -d 'Show the certificate in this PEM file, which holds its key, too; implies --tls' -r -F
complete -c cassandra-put -l connect-timeout -d 'How long to wait for a connection' -r
complete -c cassandra-put -l request-timeout -d 'How long to wait for an answer, before a write is tried again' -r
complete -c cassandra-put -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c cassandra-put -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c cassandra-put -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c cassandra-put -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c cassandra-put -l max-line-bytes -d 'Reject lines above this size' -r
complete -c cassandra-put -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c cassandra-put -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c cassandra-put -l config -d 'Read settings from this file alone' -r -F
complete -c cassandra-put -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c cassandra-put -l create -d 'Make the table if it is not there, by --schema and --primary-key'
complete -c cassandra-put -l dry-run -d 'Check the connection, the table and every record, and write nothing'
complete -c cassandra-put -l allow-partial -d 'Take a sealed stream that is no batch although its rows are stored one by one'
complete -c cassandra-put -l tls -d 'Connect by TLS, and check the server\'s certificate'
complete -c cassandra-put -l seal -d 'Seal the stream that begins here'
complete -c cassandra-put -s q -l quiet -d 'Print errors only'
complete -c cassandra-put -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c cassandra-put -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cassandra-put -s V -l version -d 'Print version'
