complete -c via -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c via -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c via -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c via -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c via -l max-line-bytes -d 'Reject lines above this size' -r
complete -c via -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c via -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c via -l config -d 'Read settings from this file alone' -r -F
complete -c via -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c via -l seal -d 'Seal the stream that begins here'
complete -c via -s q -l quiet -d 'Print errors only'
complete -c via -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c via -s h -l help -d 'Print help (see more with \'--help\')'
complete -c via -s V -l version -d 'Print version'
