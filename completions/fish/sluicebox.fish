# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_sluicebox_global_optspecs
    string join \n h/help V/version
end

function __fish_sluicebox_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_sluicebox_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_sluicebox_using_subcommand
    set -l cmd (__fish_sluicebox_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c sluicebox -n "__fish_sluicebox_needs_command" -s h -l help -d 'Print help'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "fetch-users" -d 'Fetch users from the randomuser API, one JSON object a line'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "generate-users" -d 'Make users like those of the randomuser API, without a network'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "kafka-consume" -d 'Read the records of Kafka topics'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "from-parquet" -d 'Write the rows of Parquet files as records'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "hash-fields" -d 'Replace values by keyed pseudonyms, leaving every other byte alone'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "map-fields" -d 'Build new records from old ones: move, rename, convert, filter, explode'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "via" -d 'Run any Unix filter as a stage of a sealed stream'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "to-parquet" -d 'Write records into a Parquet file by a schema, lossless or not at all'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "to-csv" -d 'Write records as CSV by a schema, lossless or not at all'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "infer-schema" -d 'Print a schema for to-parquet from a sample of records'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "kafka-produce" -d 'Publish records to Kafka topics, each delivery confirmed'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "cassandra-put" -d 'Store records as rows of a Cassandra table, repeatably'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "mongo-put" -d 'Store records as documents of a MongoDB collection, repeatably'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "s3-put" -d 'Store stdin as one S3 object, all or nothing'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "postgres-put" -d 'Store records in a PostgreSQL table, in one transaction'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "s3-verify" -d 'Prove that the objects of a data set hold each record exactly once'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "topic-admin" -d 'Create, list, describe and delete Kafka topics; begin, watch and mend consumer groups'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "run" -d 'Run a pipeline by name, for cron, timers and CI jobs'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "sandbox" -d 'Run a command against a Kafka and an S3 that live in this process'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "link" -d 'Make the short names of the commands'
complete -c sluicebox -n "__fish_sluicebox_needs_command" -f -a "config" -d 'Show each setting of a command and where it came from'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -s n -l results -d 'How many users (with --every: each turn)' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l seed -d 'The same users each time: those of this seed' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l nat -d 'Only these nationalities: US,GB,…' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l gender -d 'Only female or male users (the API ignores it where there is a seed)' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l inc -d 'Only these fields: name,email,…' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l exc -d 'All but these fields: login,picture,…' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l url -d 'Where the API is' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l every -d 'Do it again every DURATION, on a fixed schedule' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l for -d 'Stop starting turns after DURATION (with --every; otherwise go on until told to stop)' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l jitter -d 'Delay each turn by a random time of up to DURATION (with --every, and no longer than it)' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l page-size -d 'Ask for at most this many users in one request' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l rate -d 'Ask for at most so many users in so much time [default: 20000/5m at randomuser.me, else no limit]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l retries -d 'Try a request again this many times' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l retry-delay -d 'Wait this long before the first retry, then twice as long each time, up to a minute' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l max-wait -d 'Wait at most this long for the API\'s limit to pass, or as long as its Retry-After asks' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l connect-timeout -d 'Wait at most this long for a connection' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l read-timeout -d 'Wait at most this long for the next bytes of an answer, and ten times as long for all of it' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand fetch-users" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -s n -l results -d 'How many users (with --every: each turn)' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l seed -d 'The same bytes each time, everywhere [default: a random seed, which -v shows]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l skip -d 'Leave out the first N users of the seed' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l nat -d 'Only these nationalities: US,GB,…' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l gender -d 'Only female or male users' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l every -d 'Do it again every DURATION, on a fixed schedule' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l for -d 'Stop starting turns after DURATION (with --every; otherwise go on until told to stop)' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l jitter -d 'Delay each turn by a random time of up to DURATION (with --every, and no longer than it)' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand generate-users" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s t -l topic -d 'The same as TOPIC' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l pattern -d 'The topics whose whole names match this regular expression; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l from -d 'Where to start in each partition: beginning, end, OFFSET, -N (before the end), TIME' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s n -l count -d 'End after this many records' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s p -l partition -d 'Read this partition of each topic only' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s g -l group -d 'Consume as this group, batch by batch, each exactly once, into COMMAND' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l batch-records -d 'Records in a batch at most' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l batch-bytes -d 'Bytes of a batch, as an aim' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l batch-wait -d 'How long a batch that is not full is waited for; with --exit-at-end nothing is' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l batch-split -d 'End batches where the date of the records (UTC) moves forward' -r -f -a "day\t''"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l batch-timeout -d 'End a command that takes longer, and try again' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l max-children -d 'Commands that run side by side, each on a partition [default: the cores]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l max-attempts -d 'Give a partition up after so many failures in a row' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l receipts -d 'Sinks that must give a receipt before a batch is committed' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l revoke-timeout -d 'When a partition goes to another consumer, wait so long for a batch that is all but done' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l drain-timeout -d 'After the first SIGINT or SIGTERM, wait so long for running batches' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s e -l exit-at-end -d 'End where the partitions end now, instead of following the topics'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s f -l follow -d 'Follow the topics until a signal comes: what is done without --exit-at-end'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l envelope -d 'Write whole records: topic, partition, offset, timestamp, key, headers and value'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l transactional -d 'From topic to topic: kafka-produce in COMMAND commits the offset with its records'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l trust-exit -d 'Commit when COMMAND exits with 0, for a sink that gives no receipt: at least once'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-consume" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l columns -d 'Only these columns, or fields as location.city' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -s n -l count -d 'End after this many records' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l endpoint-url -d 'Store to talk to instead of AWS [default: $AWS_ENDPOINT_URL_S3, or the profile\'s]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l region -d 'Region of the bucket [default: $AWS_REGION, the profile\'s, us-east-1]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l aws-profile -d 'Profile in ~/.aws/config with settings and credentials [default: $AWS_PROFILE]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l addressing-style -d 'How requests name the bucket; auto: by path on a custom endpoint, by host name on AWS' -r -f -a "auto\t'`path` on a custom endpoint, `virtual` on AWS'
path\t'`http://store/bucket/key`: what MinIO and most local stores understand'
virtual\t'`http://bucket.store/key`: what AWS wants'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l connect-timeout -d 'How long to wait for a connection' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l omit-nulls -d 'Leave out fields that are null'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand from-parquet" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l key-file -d 'The secret key: a file made by --new-key' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l new-key -d 'Make a new key in FILE, which must not exist, and end' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l expect-key-id -d 'Refuse to start with any other key than this one' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l algorithm -d 'How values are replaced' -r -f -a "hmac-sha256\t'Keyed: "KEYID.TAG", a string'
md5-int\t'Unkeyed and reversible by guessing: int(md5(text), 16), a number; for compatibility only'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l normalize -d 'What to do with a text before it is hashed; always in the order trim, lower, nfc' -r -f -a "trim\t'Remove white space (Unicode\'s) from both ends'
lower\t'Lower case (Unicode\'s, without regard to language)'
nfc\t'Compose characters: Unicode Normalization Form C'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l missing -d 'What to do with a record in which a path leads to nothing, or to null on the way' -r -f -a "reject\t'Reject the record'
keep\t'Pass it on; what is there is still replaced. A path that led to nothing in all records fails'
keep-all\t'As keep, and a path may lead to nothing in all records'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l max-line-bytes -d 'Reject lines above this size' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand hash-fields" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -s f -l map-file -d 'Read mappings from this file, one a line; # at its beginning or behind a blank begins a comment; repeatable' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l where -d 'Pass on only records for which this is true: \'type == "trade" and data.p > 0\'' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l explode -d 'Make one record of each element of this array; PATH is the element then (\'PATH?\': may be absent)' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l keep -d 'Start from these fields of the old record (\'PATH?\': may be absent); repeatable' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l drop -d 'Start from the old record without these fields; repeatable' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l max-line-bytes -d 'Reject lines above this size' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l all -d 'Start from the whole old record'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l envelope -d 'Lines are envelopes of kafka-consume --envelope; records are their values'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand map-fields" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -l max-line-bytes -d 'Reject lines above this size' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand via" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l schema -d 'The schema: a file with Spark\'s DDL, as infer-schema prints it' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l schema-ddl -d 'The schema itself: \'name STRING NOT NULL, age INT\'' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l unknown -d 'Fields that the schema does not know: reject, ignore, or column=NAME' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l compression -d 'How pages are compressed' -r -f -a "zstd\t'Zstandard: small, and fast to read'
snappy\t'Snappy: what old readers know'
none\t'No compression'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l compression-level -d 'The level of zstd, 1 to 22' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l row-group-bytes -d 'Close a row group when its encoded size passes this' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l compatibility -d 'Which readers must understand the file' -r -f -a "v2\t'Data pages V2 and their encodings: Spark 3, DuckDB, pyarrow, polars, Trino'
v1\t'Data pages V1 and plain encodings: Athena, Hive, and readers from before 2020'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l meta -d 'Say this in the footer, too; can be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -s o -l output -d 'Write to this file, which must not exist; it appears only when it is whole; - is stdout' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l max-line-bytes -d 'Reject lines above this size' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l dry-run -d 'Check every record against the schema, and write nothing'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-parquet" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l schema -d 'The schema: a file with Spark\'s DDL, as infer-schema prints it' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l schema-ddl -d 'The schema itself: \'name STRING NOT NULL, age INT\'' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l dialect -d 'Whose CSV it is to be' -r -f -a "rfc4180\t'Quotes in texts are doubled: DuckDB, PostgreSQL, pyarrow, pandas, spreadsheets'
spark\t'Quotes in texts are escaped with backslashes: Spark\'s CSV reader and writer'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l null -d 'What stands for null, without quotes [default: nothing]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l delimiter -d 'What stands between cells: one character, or tab' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l nested -d 'Structs, arrays and maps: reject the schema that has some, or write them as JSON text' -r -f -a "reject\t'A schema that has some is refused'
json\t'JSON text in the cell, checked by the schema'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l unknown -d 'Fields that the schema does not know: reject, ignore, or column=NAME' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -s o -l output -d 'Write to this file, which must not exist; it appears only when it is whole; - is stdout' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l max-line-bytes -d 'Reject lines above this size' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l no-header -d 'Write no row with the names of the columns'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l crlf -d 'End lines with CR LF, as RFC 4180 has it'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l multiline -d 'Allow line ends in texts, which Spark\'s reader takes with its option multiLine alone'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l spreadsheet-safe -d 'Put \' before texts that a spreadsheet would run as formulas; this changes them'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l dry-run -d 'Check every record against the schema, and write nothing'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand to-csv" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l map -d 'The object at this path is a map, its names are data: attributes, items[*].labels' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -s o -l output -d 'Write to this file, which must not exist; it appears only when it is whole; - is stdout' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l max-line-bytes -d 'Reject lines above this size' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l not-null -d 'Say NOT NULL where every record of the sample had a value'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l no-dates -d 'Leave dates and times as STRING'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l one-line -d 'One line, instead of one for each column'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand infer-schema" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -s t -l topic -d 'The topic' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l topic-from -d 'The field that names the topic of each record, instead of one for all' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -s k -l key -d 'The field that becomes the key: a string\'s text, or a number as it is spelled' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l missing-key -d 'A record without the key\'s field is rejected, or sent without a key' -r -f -a "reject\t'It is rejected'
null\t'It is sent without a key'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -s H -l header -d 'A header of every record; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -s p -l partition -d 'Send to this partition, instead of the one that follows from the key' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l rejects-topic -d 'In a transaction: where the accounts of rejects go' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l max-line-bytes -d 'Reject lines above this size' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l envelope -d 'Each line is a whole record, as `kafka-consume --envelope` writes it'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l keep-partition -d 'Send each record to the partition that its envelope names'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l dry-run -d 'Check the connection, the topic and every record, and send nothing'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l allow-partial -d 'Take a sealed stream although a topic cannot be published all or nothing'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand kafka-produce" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -s k -l keyspace -d 'The keyspace, with its case' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -s t -l table -d 'The table, with its case' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l schema -d 'What the table is to be like: a file with Spark\'s DDL, as infer-schema prints it' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l schema-ddl -d 'The same on the command line: \'id STRING, age INT\'' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l primary-key -d 'Its key, as CQL has it: id, or \'(day, hour), id\'' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l timestamp -d 'When a row counts as written: offset, now, or the field that says it [default: offset in a batch, else now]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l nulls -d 'What a null does to its column' -r -f -a "delete\t'Empties it (Cassandra keeps a tombstone)'
ignore\t'Leaves it as it is'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l unknown -d 'What happens to a field without a column' -r -f -a "reject\t'The record is rejected'
ignore\t'It is left out, and counted'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l concurrency -d 'How many rows may be without an answer' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l rejects-table -d 'In a batch: the table of the same keyspace for the account of rejects' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l contact-points -d 'Nodes to ask first, separated by commas [default: that of cqlshrc]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l local-dc -d 'The data centre to write in: needed where the cluster has several' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l credentials -d 'A file with [PlainTextAuthProvider], username = and password =, as cqlsh has it' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l cqlshrc -d 'Settings of cqlsh [default: ~/.cassandra/cqlshrc]' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l consistency -d 'How many replicas must have a row before it counts as written' -r -f -a "one\t''
local_one\t''
two\t''
three\t''
quorum\t''
local_quorum\t''
each_quorum\t''
all\t''"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l tls-ca -d 'Trust the certificates in this PEM file instead of the system\'s; implies --tls' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l tls-cert -d 'Show the certificate in this PEM file, which holds its key, too; implies --tls' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l connect-timeout -d 'How long to wait for a connection' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l request-timeout -d 'How long to wait for an answer, before a write is tried again' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l max-line-bytes -d 'Reject lines above this size' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l create -d 'Make the table if it is not there, by --schema and --primary-key'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l dry-run -d 'Check the connection, the table and every record, and write nothing'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l allow-partial -d 'Take a sealed stream that is no batch although its rows are stored one by one'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l tls -d 'Connect by TLS, and check the server\'s certificate'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand cassandra-put" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -s d -l database -d 'The database' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -s c -l collection -d 'The collection' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l id -d 'The field that becomes the _id: a text or a number [default: by batch and number, or a new one]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l schema -d 'What fields are: a file with Spark\'s DDL, as infer-schema prints it' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l schema-ddl -d 'The same on the command line: \'at TIMESTAMP, price DECIMAL(10,2)\'' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l unknown -d 'What happens to a field that the schema does not know' -r -f -a "reject\t'The record is rejected'
keep\t'It is stored as JSON says'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l write-concern -d 'How many members must have a document: majority, or a number' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l rejects-collection -d 'In a batch: the collection for the account of rejects' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l uri -d 'Connection string without a password: mongodb://HOST:27017/?replicaSet=rs0 [default: $MONGODB_URI]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l uri-file -d 'A file with the connection string, password included' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l tls-ca -d 'Trust the certificates in this PEM file instead of the system\'s; implies --tls' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l tls-cert -d 'Show the certificate in this PEM file, which holds its key, too; implies --tls' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l connect-timeout -d 'How long to wait for a server' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l request-timeout -d 'How long to wait for an answer, before a bulk is sent again' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l max-line-bytes -d 'Reject lines above this size' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l create -d 'Make the collection if it is not there'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l adopt -d 'In a batch: replace documents, too, that are of another partition or from elsewhere'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l dry-run -d 'Check the connection, the collection and every record, and write nothing'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l allow-partial -d 'Take a sealed stream that is no batch although its documents are stored one by one'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l tls -d 'Connect by TLS, and check the server\'s certificate'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand mongo-put" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l suffix -d 'How the name ends that a batch makes under a prefix' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l metadata -d 'Metadata to store with the object; repeatable' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l content-type -d 'Content type [default: by the extension of the key]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l part-size -d 'Size of the first part; later ones grow to 16 times that [default: 8MiB]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l endpoint-url -d 'Store to talk to instead of AWS [default: $AWS_ENDPOINT_URL_S3, or the profile\'s]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l region -d 'Region of the bucket [default: $AWS_REGION, the profile\'s, us-east-1]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l aws-profile -d 'Profile in ~/.aws/config with settings and credentials [default: $AWS_PROFILE]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l addressing-style -d 'How requests name the bucket; auto: by path on a custom endpoint, by host name on AWS' -r -f -a "auto\t'`path` on a custom endpoint, `virtual` on AWS'
path\t'`http://store/bucket/key`: what MinIO and most local stores understand'
virtual\t'`http://bucket.store/key`: what AWS wants'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l connect-timeout -d 'How long to wait for a connection' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l max-line-bytes -d 'Reject lines above this size' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l create-only -d 'Fail with exit 4 if the object exists'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l dry-run -d 'Check the destination and the credentials; read and write nothing'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l allow-empty -d 'Store an empty object when a pipe ends without a byte and without a seal'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-put" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -s t -l table -d 'The table: TABLE or SCHEMA.TABLE, spelled as it is, case included' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l schema -d 'What records look like: a file with Spark\'s DDL [default: what the table itself says]' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l schema-ddl -d 'The schema itself: \'name STRING NOT NULL, age INT\'' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l unknown -d 'Fields that the schema does not know: reject, ignore, or column=NAME' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l upsert -d 'Replace rows of the same key, which these columns are; within a run the last record wins' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l offsets-table -d 'Where the offsets of batches are kept [default: sluicebox_offsets beside the table]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l rejects-table -d 'Where rejects are kept [default: sluicebox_rejects beside the table]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l url -d 'Where the database is: postgresql://USER@HOST:PORT/DB?sslmode=..., or \'host=... dbname=...\'' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l password-file -d 'A file with the password alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l connect-timeout -d 'How long to wait for a connection' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l max-rejects -d 'Allow this many rejected records: N, N%, or a share such as 0.01' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l rejects -d 'List rejected records in this file: stage, reason, path and position, never the record' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l rejects-raw -d 'Keep the rejected records themselves in this file, readable by its owner alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l summary -d 'Print a summary as one JSON line on stderr, or into a file' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l max-line-bytes -d 'Reject lines above this size' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l drain-timeout -d 'After the first SIGINT or SIGTERM, read on to the end of stdin for at most this long' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l create -d 'Make what is not there yet: the table by the schema, and in a batch those for offsets and rejects'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l dry-run -d 'Check the connection, the table, the rights and every record; store nothing'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -l seal -d 'Seal the stream that begins here'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand postgres-put" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -l group -d 'Prove that all is there from where this consumer group began to what it has committed' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -l endpoint-url -d 'Store to talk to instead of AWS [default: $AWS_ENDPOINT_URL_S3, or the profile\'s]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -l region -d 'Region of the bucket [default: $AWS_REGION, the profile\'s, us-east-1]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -l aws-profile -d 'Profile in ~/.aws/config with settings and credentials [default: $AWS_PROFILE]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -l addressing-style -d 'How requests name the bucket; auto: by path on a custom endpoint, by host name on AWS' -r -f -a "auto\t'`path` on a custom endpoint, `virtual` on AWS'
path\t'`http://store/bucket/key`: what MinIO and most local stores understand'
virtual\t'`http://bucket.store/key`: what AWS wants'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -l offsets -d 'Print where each partition goes on, for `topic-admin commit`, if all is proven'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -l strict -d 'Objects that no batch has made are an error, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand s3-verify" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -f -a "create" -d 'Create topics, and wait until they can be used'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -f -a "list" -d 'List the topics of the cluster'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -f -a "describe" -d 'Describe topics: partitions, leaders, replicas, offsets, settings'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -f -a "delete" -d 'Delete topics and all their records, and wait until they are gone'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -f -a "init-group" -d 'Begin a consumer group: commit where it starts, once, in all partitions of its topics'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -f -a "groups" -d 'Show where consumer groups stand, partition by partition, and what they have planned'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -f -a "lag" -d 'Show how many offsets a consumer group is behind'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -f -a "commit" -d 'Give a consumer group its lost places back, from what s3-verify --offsets read'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and not __fish_seen_subcommand_from create list describe delete init-group groups lag commit reset" -f -a "reset" -d 'Overwrite where a consumer group stands'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from create" -s p -l partitions -d 'How many partitions each has [default: the cluster\'s]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from create" -s r -l replication-factor -d 'How many brokers keep each partition [default: the cluster\'s]' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from create" -s c -l topic-config -d 'A setting of the topic, such as retention.ms=86400000; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from create" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from create" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from create" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from create" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from create" -l if-not-exists -d 'A topic that exists is no error, if it has as many partitions'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from create" -l dry-run -d 'Ask the cluster whether it would'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from list" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from list" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from list" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from list" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from list" -l internal -d 'Kafka\'s own topics, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from describe" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from describe" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from describe" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from describe" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from delete" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from delete" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from delete" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from delete" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from delete" -l if-exists -d 'A topic that does not exist is no error'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from delete" -l dry-run -d 'Say what would be deleted'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from init-group" -s t -l topic -d 'A topic that it is to read; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from init-group" -l pattern -d 'The topics whose whole names match this regular expression now, as kafka-consume --pattern has them' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from init-group" -l at -d 'Where it begins in every partition: earliest, latest, @TIME or OFFSET' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from init-group" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from init-group" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from init-group" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from init-group" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from init-group" -l if-not-exists -d 'A group that has its places already is no error'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from init-group" -l dry-run -d 'Say what would be committed'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from init-group" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from groups" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from groups" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from groups" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from groups" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from groups" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from lag" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from lag" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from lag" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from lag" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from lag" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from commit" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from commit" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from commit" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from commit" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from commit" -l yes -d 'Overwrite places that are not lost, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from commit" -l dry-run -d 'Say what would be committed'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from commit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from reset" -s t -l topic -d 'The topic' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from reset" -s p -l partition -d 'This partition only' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from reset" -l at -d 'Where it begins anew: earliest, latest, @TIME or OFFSET' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from reset" -l until -d 'Land only what lies before this offset once more, in one batch, and go on where the group stands' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from reset" -s b -l brokers -d 'Brokers to start from' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from reset" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from reset" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from reset" -l connect-timeout -d 'How long the first connection may take' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from reset" -l yes -d 'Overwrite where the group stands'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from reset" -l dry-run -d 'Say what would be overwritten'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand topic-admin; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -s n -l name -d 'What the run is called: its lock and its state are found by it' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -l if-locked -d 'The same, and what to do where another is at work' -r -f -a "skip\t'End at once, with exit status 0 and without a word'
wait\t'Wait for its end'
fail\t'End at once, with exit status 75'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -l timeout -d 'End it after this time, with exit status 75' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -l kill-after -d 'Kill what goes on for so long after it was asked to end' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -l state-dir -d 'Where locks and states are [default: $STATE_DIRECTORY, or ~/.local/state/sluicebox]' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -l max-age -d 'With --status: well is what has ended well within this time' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -l lock -d 'One run of that name at a time: end at once, in silence, where another is at work'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -l cron -d 'PIPE is what cron hands over: all that stands behind the first % of its line'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -l status -d 'Print what is remembered of the runs, a JSON object a name; exit status 1 where one is not well'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand run" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand sandbox" -l topic -d 'A topic to make, and how many partitions it has (1 without :PARTITIONS)' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand sandbox" -l bucket -d 'A bucket to make' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand sandbox" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand sandbox" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand sandbox" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand sandbox" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand sandbox" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand sandbox" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand sandbox" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand link" -l dir -d 'The folder that gets the links; it should be on $PATH [default: the program\'s own folder]' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand link" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand link" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand link" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand link" -l remove -d 'Remove the links instead'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand link" -l dry-run -d 'Say what would be done, and do nothing'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand link" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand link" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand link" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand link" -s V -l version -d 'Print version'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand config" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c sluicebox -n "__fish_sluicebox_using_subcommand config" -l config -d 'Read settings from this file alone' -r -F
complete -c sluicebox -n "__fish_sluicebox_using_subcommand config" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c sluicebox -n "__fish_sluicebox_using_subcommand config" -s q -l quiet -d 'Print errors only'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand config" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand config" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c sluicebox -n "__fish_sluicebox_using_subcommand config" -s V -l version -d 'Print version'
