complete -c map-fields -s f -l map-file -d 'Read mappings from this file, one a line; # at its beginning or behind a blank begins a comment; repeatable' -r -F
complete -c map-fields -l where -d 'Pass on only records for which this is true: \'type == "trade" and data.p > 0\'' -r
complete -c map-fields -l explode -d 'Make one record of each element of this array; PATH is the element then (\'PATH?\': may be absent)' -r
complete -c map-fields -l keep -d 'Start from these fields of the old record (\'PATH?\': may be absent); repeatable' -r
complete -c map-fields -l drop -d 'Start from the old record without these fields; repeatable' -r
complete -c map-fields -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c map-fields -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c map-fields -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c map-fields -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c map-fields -l max-line-bytes -d 'Reject lines above this size' -r
complete -c map-fields -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c map-fields -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c map-fields -l config -d 'Read settings from this file alone' -r -F
complete -c map-fields -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c map-fields -l all -d 'Start from the whole old record'
complete -c map-fields -l envelope -d 'Lines are envelopes of kafka-consume --envelope; records are their values'
complete -c map-fields -l seal -d 'Seal the stream that begins here'
complete -c map-fields -s q -l quiet -d 'Print errors only'
complete -c map-fields -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c map-fields -s h -l help -d 'Print help (see more with \'--help\')'
complete -c map-fields -s V -l version -d 'Print version'
