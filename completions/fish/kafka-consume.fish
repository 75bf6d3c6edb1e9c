complete -c kafka-consume -s t -l topic -d 'The same as TOPIC' -r
complete -c kafka-consume -l pattern -d 'The topics whose whole names match this regular expression; may be repeated' -r
complete -c kafka-consume -l from -d 'Where to start in each partition: beginning, end, OFFSET, -N (before the end), TIME' -r
complete -c kafka-consume -s n -l count -d 'End after this many records' -r
complete -c kafka-consume -s p -l partition -d 'Read this partition of each topic only' -r
complete -c kafka-consume -s g -l group -d 'Consume as this group, batch by batch, each exactly once, into COMMAND' -r
complete -c kafka-consume -l batch-records -d 'Records in a batch at most' -r
complete -c kafka-consume -l batch-bytes -d 'Bytes of a batch, as an aim' -r
complete -c kafka-consume -l batch-wait -d 'How long a batch that is not full is waited for; with --exit-at-end nothing is' -r
complete -c kafka-consume -l batch-split -d 'End batches where the date of the records (UTC) moves forward' -r -f -a "day\t''"
complete -c kafka-consume -l batch-timeout -d 'End a command that takes longer, and try again' -r
complete -c kafka-consume -l max-children -d 'Commands that run side by side, each on a partition [default: the cores]' -r
complete -c kafka-consume -l max-attempts -d 'Give a partition up after so many failures in a row' -r
complete -c kafka-consume -l receipts -d 'Sinks that must give a receipt before a batch is committed' -r
complete -c kafka-consume -l revoke-timeout -d 'When a partition goes to another consumer, wait so long for a batch that is all but done' -r
complete -c kafka-consume -l drain-timeout -d 'After the first SIGINT or SIGTERM, wait so long for running batches' -r
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
complete -c kafka-consume -l transactional -d 'From topic to topic: kafka-produce in COMMAND commits the offset with its records'
complete -c kafka-consume -l trust-exit -d 'Commit when COMMAND exits with 0, for a sink that gives no receipt: at least once'
complete -c kafka-consume -l seal -d 'Seal the stream that begins here'
complete -c kafka-consume -s q -l quiet -d 'Print errors only'
complete -c kafka-consume -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c kafka-consume -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kafka-consume -s V -l version -d 'Print version'
