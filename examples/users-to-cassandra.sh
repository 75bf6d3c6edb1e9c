#!/bin/sh
# A user every ten seconds for two minutes, through Kafka into the table random_names of Cassandra.
#
#   users-to-cassandra.sh setup     once: the topic, the group, the table
#   users-to-cassandra.sh           what a crontab or a timer runs
#
# KAFKA_BOOTSTRAP_SERVERS and CASSANDRA_CONTACT_POINTS say where, CASSANDRA_USERNAME and CASSANDRA_PASSWORD who. What may be
# set besides, and what it is:
#   SOURCE     fetch-users …; without a network: SOURCE="generate-users --results 12"
#   REPLICAS   copies of each record in Kafka, for setup: 3; REPLICAS=1 for a single broker
#   KEYSPACE   lake: it must be there
#   TOPIC, GROUP   random_names, both
set -eu
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
topic=${TOPIC:-random_names} group=${GROUP:-random_names}
export SLUICEBOX_SEAL=1 KEYSPACE="${KEYSPACE:-lake}" SCHEMA="$here/flat-user.ddl"

# The sink, with the verb before it.
set -- "${1-}" cassandra-put --keyspace "$KEYSPACE" --table random_names --schema "$SCHEMA" --primary-key email

if [ "$1" = setup ]; then
    shift
    SLUICEBOX_SEAL=0 "$@" --create </dev/null
    topic-admin create "$topic" --if-not-exists --partitions 3 --replication-factor "${REPLICAS:-3}"
    topic-admin init-group "$group" --topic "$topic" --at earliest --if-not-exists
    exit
fi

# The key of the record is that of the row: so the last one that was sent is the one that stays.
status=0
${SOURCE:-fetch-users --results 1 --every 10s --for 2m} |
    map-fields --map-file "$here/user.map" |
    kafka-produce --topic "$topic" --key email --allow-partial || status=$?
shift
kafka-consume "$topic" --group "$group" --exit-at-end -- "$@" || status=$?
exit $status
