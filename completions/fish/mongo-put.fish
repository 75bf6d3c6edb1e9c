complete -c mongo-put -s d -l database -d 'The database' -r
complete -c mongo-put -s c -l collection -d 'The collection' -r
complete -c mongo-put -l id -d 'The field that becomes the _id: a text or a number [default: by batch and number, or a new one]' -r
complete -c mongo-put -l schema -d 'What fields are: a file with Spark\'s DDL, as infer-schema prints it' -r -F
complete -c mongo-put -l schema-ddl -d 'The same on the command line: \'at TIMESTAMP, price DECIMAL(10,2)\'' -r
complete -c mongo-put -l unknown -d 'What happens to a field that the schema does not know' -r -f -a "reject\t'The record is rejected'
keep\t'It is stored as JSON says'"
complete -c mongo-put -l write-concern -d 'How many members must have a document: majority, or a number' -r
complete -c mongo-put -l rejects-collection -d 'In a batch: the collection for the account of rejects' -r
complete -c mongo-put -l uri -d 'Connection string without a password: mongodb://HOST:27017/?replicaSet=rs0 [default: $MONGODB_URI]' -r
complete -c mongo-put -l uri-file -d 'A file with the connection string, password included' -r -F
complete -c mongo-put -l tls-ca -d 'Trust the certificates in this PEM file instead of the system\'s; implies --tls' -r -F
complete -c mongo-put -l tls-cert -d 'Show the certificate in this PEM file, which holds its key, too; implies --tls' -r -F
complete -c mongo-put -l connect-timeout -d 'How long to wait for a server' -r
complete -c mongo-put -l request-timeout -d 'How long to wait for an answer, before a bulk is sent again' -r
complete -c mongo-put -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c mongo-put -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c mongo-put -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c mongo-put -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c mongo-put -l max-line-bytes -d 'Reject lines above this size' -r
complete -c mongo-put -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c mongo-put -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c mongo-put -l config -d 'Read settings from this file alone' -r -F
complete -c mongo-put -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c mongo-put -l create -d 'Make the collection if it is not there'
complete -c mongo-put -l adopt -d 'In a batch: replace documents, too, that are of another partition or from elsewhere'
complete -c mongo-put -l dry-run -d 'Check the connection, the collection and every record, and write nothing'
complete -c mongo-put -l allow-partial -d 'Take a sealed stream that is no batch although its documents are stored one by one'
complete -c mongo-put -l tls -d 'Connect by TLS, and check the server\'s certificate'
complete -c mongo-put -l seal -d 'Seal the stream that begins here'
complete -c mongo-put -s q -l quiet -d 'Print errors only'
complete -c mongo-put -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c mongo-put -s h -l help -d 'Print help (see more with \'--help\')'
complete -c mongo-put -s V -l version -d 'Print version'
