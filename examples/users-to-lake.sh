#!/bin/sh
# Users from the API, flattened, the zip hashed, through Kafka into Parquet on S3: each record once.
#
#   users-to-lake.sh setup     once: the topic, and where the group begins
#   users-to-lake.sh           what a crontab or a timer runs, every five minutes
#   s3-verify s3://lake/users/ --group lake
#
# KAFKA_BOOTSTRAP_SERVERS and the AWS variables say where; HASH_KEY is a key of hash-fields --new-key. SOURCE may be
# another source of users, such as "generate-users --results 1000".
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
