#!/bin/sh
# Several topics, fed at random moments, through six consumers of one group into a MongoDB collection for each topic.
#
#   topics-to-mongo.sh setup     once: the topics, and where the group begins
#   topics-to-mongo.sh feed      users at random moments, none to ten seconds apart, for a minute, each to its nation's topic
#   topics-to-mongo.sh           what is new in all topics into their collections: what a crontab or a timer runs
#   topics-to-mongo.sh follow    the same without an end: one of the six, as a service
#
# KAFKA_BOOTSTRAP_SERVERS and MONGODB_URI say where. What may be set besides, and what it is:
#   SOURCE     fetch-users --nat au,de,fr …; without a network: SOURCE="generate-users --nat au,de,fr --results 300". A user
#              of another nation has no topic, and feed ends with 1.
#   REPLICAS   copies of each record in Kafka, for setup: 3; REPLICAS=1 for a single broker
#   NATIONS    "au de fr": STEM ("users_") and a nation are the name of a topic, and of its collection. A new nation: stop all
#              of the group, setup, start again.
#   GROUP      the consumer group: mongo
#   DATABASE   of MongoDB: lake
#
# The topic of a user stands beside the record, in its envelope: what lands is the record as it came.
# shellcheck disable=SC2016 # What stands in single quotes is for the shell of a batch.
set -eu
nations=${NATIONS:-au de fr} stem=${STEM:-users_} group=${GROUP:-mongo}
topics="$stem($(echo "$nations" | tr ' ' '|'))"
export SLUICEBOX_SEAL=1 DATABASE="${DATABASE:-lake}"

consume() {
    exec kafka-consume --pattern "$topics" --group "$group" "$@" -- \
        sh -c 'mongo-put --create --database "$DATABASE" --collection "$BATCH_TOPIC"'
}

case ${1-} in
    setup)
        for nation in $nations; do
            topic-admin create "$stem$nation" --if-not-exists --partitions 2 --replication-factor "${REPLICAS:-3}"
        done
        topic-admin init-group "$group" --pattern "$topics" --at earliest --if-not-exists
        ;;
    feed)
        ${SOURCE:-fetch-users --nat "$(echo "$nations" | tr ' ' ,)" --results 3 --every 5s --jitter 5s --for 1m} |
            via -- jq -c --arg stem "$stem" '{topic: ($stem + (.nat | ascii_downcase)), key: .login.uuid, value: .}' |
            kafka-produce --envelope --topic-from topic --allow-partial
        ;;
    follow) consume ;;
    *)
        status=0 members=
        for _ in 1 2 3 4 5 6; do
            consume --exit-at-end &
            members="$members $!"
        done
        for member in $members; do wait "$member" || status=$?; done
        exit $status
        ;;
esac
