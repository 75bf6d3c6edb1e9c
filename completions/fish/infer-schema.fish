complete -c infer-schema -l map -d 'The object at this path is a map, its names are data: attributes, items[*].labels' -r
complete -c infer-schema -s o -l output -d 'Write to this file, which must not exist; it appears only when it is whole; - is stdout' -r -F
complete -c infer-schema -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c infer-schema -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c infer-schema -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c infer-schema -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c infer-schema -l max-line-bytes -d 'Reject lines above this size' -r
complete -c infer-schema -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c infer-schema -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c infer-schema -l config -d 'Read settings from this file alone' -r -F
complete -c infer-schema -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c infer-schema -l not-null -d 'Say NOT NULL where every record of the sample had a value'
complete -c infer-schema -l no-dates -d 'Leave dates and times as STRING'
complete -c infer-schema -l one-line -d 'One line, instead of one for each column'
complete -c infer-schema -l seal -d 'Seal the stream that begins here'
complete -c infer-schema -s q -l quiet -d 'Print errors only'
complete -c infer-schema -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c infer-schema -s h -l help -d 'Print help (see more with \'--help\')'
complete -c infer-schema -s V -l version -d 'Print version'
