complete -c kafka-produce -s t -l topic -d 'The topic' -r
complete -c kafka-produce -l topic-from -d 'The field that names the topic of each record, instead of one for all' -r
complete -c kafka-produce -s k -l key -d 'The field that becomes the key: a string\'s text, or a number as it is spelled' -r
complete -c kafka-produce -l missing-key -d 'A record without the key\'s field is rejected, or sent without a key' -r -f -a "reject\t'It is rejected'
null\t'It is sent without a key'"
complete -c kafka-produce -s H -l header -d 'A header of every record; may be repeated' -r
complete -c kafka-produce -s p -l partition -d 'Send to this partition, instead of the one that follows from the key' -r
complete -c kafka-produce -l rejects-topic -d 'In a transaction: where the accounts of rejects go' -r
complete -c kafka-produce -s b -l brokers -d 'Brokers to start from' -r
complete -c kafka-produce -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c kafka-produce -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c kafka-produce -l connect-timeout -d 'How long the first connection may take' -r
complete -c kafka-produce -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c kafka-produce -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c kafka-produce -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c kafka-produce -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c kafka-produce -l max-line-bytes -d 'Reject lines above this size' -r
complete -c kafka-produce -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c kafka-produce -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c kafka-produce -l config -d 'Read settings from this file alone' -r -F
complete -c kafka-produce -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c kafka-produce -l envelope -d 'Each line is a whole record, as `kafka-consume --envelope` writes it'
complete -c kafka-produce -l keep-partition -d 'Send each record to the partition that its envelope names'
complete -c kafka-produce -l dry-run -d 'Check the connection, the topic and every record, and send nothing'
complete -c kafka-produce -l allow-partial -d 'Take a sealed stream although a topic cannot be published all or nothing'
complete -c kafka-produce -l seal -d 'Seal the stream that begins here'
complete -c kafka-produce -s q -l quiet -d 'Print errors only'
complete -c kafka-produce -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c kafka-produce -s h -l help -d 'Print help (see more with \'--help\')'
complete -c kafka-produce -s V -l version -d 'Print version'
