complete -c kafka-consume -s t -l topic -d 'The same as TOPIC' -r
complete -c kafka-consume -l from -d 'Where to start in each partition: beginning, end, OFFSET, -N (before the end), TIME' -r
complete -c kafka-consume -s n -l count -d 'End after this many records' -r
complete -c kafka-consume -s p -l partition -d 'Read this partition of each topic only' -r
complete -c kafka-consume -s b -l brokers -d 'Brokers to start from' -r
complete -c kafka-consume -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c kafka-consume -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c kafka-consume -l connect-timeout -d 'How long the first connection may take' -r
complete -c kafka-consume -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c kafka-consume -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c kafka-consume -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c kafka-consume -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c kafka-consume -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c kafka-consume -l config -d 'Read settings from this file alone' -r -F
complete -c kafka-consume -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c kafka-consume -s e -l exit-at-end -d 'End where the partitions end now, instead of following the topics'
complete -c kafka-consume -s f -l follow -d 'Follow the topics until a signal comes: what is done without --exit-at-end'
complete -c kafka-consume -l envelope -d 'Write whole records: topic, partition, offset, timestamp, key, headers and value'
complete -c kafka-consume -l seal -d 'Seal the stream that begins here'
complete -c kafka-consume -s q -l quiet -d 'Print errors only'
complete -c kafka-consume -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c kafka-consume -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kafka-consume -s V -l version -d 'Print version'
