complete -c generate-users -s n -l results -d 'How many users (with --every: each turn)' -r
complete -c generate-users -l seed -d 'The same bytes each time, everywhere [default: a random seed, which -v shows]' -r
complete -c generate-users -l skip -d 'Leave out the first N users of the seed' -r
complete -c generate-users -l nat -d 'Only these nationalities: US,GB,…' -r
complete -c generate-users -l gender -d 'Only female or male users' -r
complete -c generate-users -l every -d 'Do it again every DURATION, on a fixed schedule' -r
complete -c generate-users -l for -d 'Stop starting turns after DURATION (with --every; otherwise go on until told to stop)' -r
complete -c generate-users -l jitter -d 'Delay each turn by a random time of up to DURATION (with --every, and no longer than it)' -r
complete -c generate-users -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c generate-users -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c generate-users -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c generate-users -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c generate-users -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c generate-users -l config -d 'Read settings from this file alone' -r -F
complete -c generate-users -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c generate-users -l seal -d 'Seal the stream that begins here'
complete -c generate-users -s q -l quiet -d 'Print errors only'
complete -c generate-users -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c generate-users -s h -l help -d 'Print help (see more with \'--help\')'
complete -c generate-users -s V -l version -d 'Print version'
