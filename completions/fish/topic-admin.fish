# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_topic_admin_global_optspecs
    string join \n b/brokers= F/kafka-config= X/kafka-property= connect-timeout= q/quiet v/verbose log-format= config= profile= h/help V/version
end

function __fish_topic_admin_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_topic_admin_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_topic_admin_using_subcommand
    set -l cmd (__fish_topic_admin_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c topic-admin -n "__fish_topic_admin_needs_command" -s b -l brokers -d 'Brokers to start from' -r
complete -c topic-admin -n "__fish_topic_admin_needs_command" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c topic-admin -n "__fish_topic_admin_needs_command" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c topic-admin -n "__fish_topic_admin_needs_command" -l connect-timeout -d 'How long the first connection may take' -r
complete -c topic-admin -n "__fish_topic_admin_needs_command" -l log-format -d 'The form of diagnostics on stderr' -r -f -a "auto\t'Chosen by where stderr goes'
text\t'Plain text'
json\t'JSON lines'"
complete -c topic-admin -n "__fish_topic_admin_needs_command" -l config -d 'Read settings from this file alone' -r -F
complete -c topic-admin -n "__fish_topic_admin_needs_command" -l profile -d 'Use the [profile.NAME] tables of the settings file, too' -r
complete -c topic-admin -n "__fish_topic_admin_needs_command" -s q -l quiet -d 'Print errors only'
complete -c topic-admin -n "__fish_topic_admin_needs_command" -s v -l verbose -d 'Say what is done; twice: what the libraries do, too'
complete -c topic-admin -n "__fish_topic_admin_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c topic-admin -n "__fish_topic_admin_needs_command" -s V -l version -d 'Print version'
complete -c topic-admin -n "__fish_topic_admin_needs_command" -f -a "create" -d 'Create topics, and wait until they can be used'
complete -c topic-admin -n "__fish_topic_admin_needs_command" -f -a "list" -d 'List the topics of the cluster'
complete -c topic-admin -n "__fish_topic_admin_needs_command" -f -a "describe" -d 'Describe topics: partitions, leaders, replicas, offsets, settings'
complete -c topic-admin -n "__fish_topic_admin_needs_command" -f -a "delete" -d 'Delete topics and all their records, and wait until they are gone'
complete -c topic-admin -n "__fish_topic_admin_needs_command" -f -a "init-group" -d 'Begin a consumer group: commit where it starts, once, in all partitions of its topics'
complete -c topic-admin -n "__fish_topic_admin_needs_command" -f -a "groups" -d 'Show where consumer groups stand, partition by partition, and what they have planned'
complete -c topic-admin -n "__fish_topic_admin_needs_command" -f -a "lag" -d 'Show how many offsets a consumer group is behind'
complete -c topic-admin -n "__fish_topic_admin_needs_command" -f -a "commit" -d 'Give a consumer group its lost places back, from what s3-verify --offsets read'
complete -c topic-admin -n "__fish_topic_admin_needs_command" -f -a "reset" -d 'Overwrite where a consumer group stands'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand create" -s p -l partitions -d 'How many partitions each has [default: the cluster\'s]' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand create" -s r -l replication-factor -d 'How many brokers keep each partition [default: the cluster\'s]' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand create" -s c -l topic-config -d 'A setting of the topic, such as retention.ms=86400000; may be repeated' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand create" -s b -l brokers -d 'Brokers to start from' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand create" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c topic-admin -n "__fish_topic_admin_using_subcommand create" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand create" -l connect-timeout -d 'How long the first connection may take' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand create" -l if-not-exists -d 'A topic that exists is no error, if it has as many partitions'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand create" -l dry-run -d 'Ask the cluster whether it would'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand list" -s b -l brokers -d 'Brokers to start from' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand list" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c topic-admin -n "__fish_topic_admin_using_subcommand list" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand list" -l connect-timeout -d 'How long the first connection may take' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand list" -l internal -d 'Kafka\'s own topics, too'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand describe" -s b -l brokers -d 'Brokers to start from' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand describe" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c topic-admin -n "__fish_topic_admin_using_subcommand describe" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand describe" -l connect-timeout -d 'How long the first connection may take' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand describe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand delete" -s b -l brokers -d 'Brokers to start from' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand delete" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c topic-admin -n "__fish_topic_admin_using_subcommand delete" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand delete" -l connect-timeout -d 'How long the first connection may take' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand delete" -l if-exists -d 'A topic that does not exist is no error'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand delete" -l dry-run -d 'Say what would be deleted'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand delete" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand init-group" -s t -l topic -d 'A topic that it is to read; may be repeated' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand init-group" -l pattern -d 'The topics whose whole names match this regular expression now, as kafka-consume --pattern has them' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand init-group" -l at -d 'Where it begins in every partition: earliest, latest, @TIME or OFFSET' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand init-group" -s b -l brokers -d 'Brokers to start from' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand init-group" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c topic-admin -n "__fish_topic_admin_using_subcommand init-group" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand init-group" -l connect-timeout -d 'How long the first connection may take' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand init-group" -l if-not-exists -d 'A group that has its places already is no error'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand init-group" -l dry-run -d 'Say what would be committed'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand init-group" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand groups" -s b -l brokers -d 'Brokers to start from' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand groups" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c topic-admin -n "__fish_topic_admin_using_subcommand groups" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand groups" -l connect-timeout -d 'How long the first connection may take' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand groups" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand lag" -s b -l brokers -d 'Brokers to start from' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand lag" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c topic-admin -n "__fish_topic_admin_using_subcommand lag" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand lag" -l connect-timeout -d 'How long the first connection may take' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand lag" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand commit" -s b -l brokers -d 'Brokers to start from' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand commit" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c topic-admin -n "__fish_topic_admin_using_subcommand commit" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand commit" -l connect-timeout -d 'How long the first connection may take' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand commit" -l yes -d 'Overwrite places that are not lost, too'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand commit" -l dry-run -d 'Say what would be committed'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand commit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand reset" -s t -l topic -d 'The topic' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand reset" -s p -l partition -d 'This partition only' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand reset" -l at -d 'Where it begins anew: earliest, latest, @TIME or OFFSET' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand reset" -l until -d 'Land only what lies before this offset once more, in one batch, and go on where the group stands' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand reset" -s b -l brokers -d 'Brokers to start from' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand reset" -s F -l kafka-config -d 'File of librdkafka properties: key=value lines, # comments' -r -F
complete -c topic-admin -n "__fish_topic_admin_using_subcommand reset" -s X -l kafka-property -d 'One librdkafka property; may be repeated' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand reset" -l connect-timeout -d 'How long the first connection may take' -r
complete -c topic-admin -n "__fish_topic_admin_using_subcommand reset" -l yes -d 'Overwrite where the group stands'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand reset" -l dry-run -d 'Say what would be overwritten'
complete -c topic-admin -n "__fish_topic_admin_using_subcommand reset" -s h -l help -d 'Print help (see more with \'--help\')'
