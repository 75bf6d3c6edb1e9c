complete -c fetch-users -s n -l results -d 'How many users (with --every: each turn)' -r
complete -c fetch-users -l seed -d 'The same users each time: those of this seed' -r
complete -c fetch-users -l nat -d 'Only these nationalities: US,GB,…' -r
complete -c fetch-users -l gender -d 'Only female or male users (the API ignores it where there is a seed)' -r
complete -c fetch-users -l inc -d 'Only these fields: name,email,…' -r
complete -c fetch-users -l exc -d 'All but these fields: login,picture,…' -r
complete -c fetch-users -l url -d 'Where the API is' -r
complete -c fetch-users -l every -d 'Do it again every DURATION, on a fixed schedule' -r
complete -c fetch-users -l for -d 'Stop starting turns after DURATION (with --every; otherwise go on until told to stop)' -r
complete -c fetch-users -l jitter -d 'Delay each turn by a random time of up to DURATION (with --every, and no longer than it)' -r
complete -c fetch-users -l page-size -d 'Ask for at most this many users in one request' -r
complete -c fetch-users -l rate -d 'Ask for at most so many users in so much time [default: 20000/5m at randomuser.me, else no limit]' -r
complete -c fetch-users -l retries -d 'Try a request again this many times' -r
complete -c fetch-users -l retry-delay -d 'Wait this long before the first retry, then twice as long each time, up to a minute' -r
complete -c fetch-users -l max-wait -d 'Wait at most this long for the API\'s limit to pass, or as long as its Retry-After asks' -r
complete -c fetch-users -l connect-timeout -d 'Wait at most this long for a connection' -r
complete -c fetch-users -l read-timeout -d 'Wait at most this long for the next bytes of an answer, and ten times as long for all of it' -r
complete -c fetch-users -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c fetch-users -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c fetch-users -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c fetch-users -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c fetch-users -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c fetch-users -l config -d 'Read settings from this file alone' -r -F
complete -c fetch-users -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c fetch-users -l seal -d 'Seal the stream that begins here'
complete -c fetch-users -s q -l quiet -d 'Print errors only'
complete -c fetch-users -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c fetch-users -s h -l help -d 'Print help (see more with \'--help\')'
complete -c fetch-users -s V -l version -d 'Print version'
