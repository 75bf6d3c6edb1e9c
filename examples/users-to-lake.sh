#!/bin/sh
# Users from the API, flattened, the zip hashed, through Kafka into Parquet on S3: each record once.
#
#   users-to-lake.sh setup     once: the topic, and where the group begins
#   users-to-lake.sh           what a crontab or a timer runs, every five minutes
#   s3-verify s3://lake/users/ --group lake
#
# KAFKA_BOOTSTRAP_SERVERS and the AWS variables (AWS_ENDPOINT_URL_S3 for another store) say where. What may be set besides,
# and what it is:
#   SOURCE     fetch-users --results 100; without a network: SOURCE="generate-users --results 1000"
#   REPLICAS   copies of each record in Kafka, for setup: 3; REPLICAS=1 for a single broker
#   HASH_KEY   hash.key: a file that hash-fields --new-key has made
#   LAKE       s3://lake/users/: its bucket must be there
#   TOPIC, GROUP   created_users, lake
# shellcheck disable=SC2016 # What stands in single quotes is for the shell of a batch.
set -eu
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
topic=${TOPIC:-created_users} group=${GROUP:-lake}
export SLUICEBOX_SEAL=1 LAKE="${LAKE:-s3://lake/users/}" SCHEMA="$here/flat-user.ddl"

if [ "${1-}" = setup ]; then
    topic-admin create "$topic" --if-not-exists --partitions 6 --replication-factor "${REPLICAS:-3}"
    topic-admin init-group "$group" --topic "$topic" --at earliest --if-not-exists
    exit
fi

# What is in the topic lands, whether or not there is news.
status=0
${SOURCE:-fetch-users --results 100} |
    map-fields --map-file "$here/user.map" |
    hash-fields --key-file "${HASH_KEY:-hash.key}" zip |
    kafka-produce --topic "$topic" --key email --allow-partial || status=$?
kafka-consume "$topic" --group "$group" --exit-at-end -- \
    sh -c 'to-parquet --schema "$SCHEMA" | s3-put "$LAKE"' || status=$?
exit $status
