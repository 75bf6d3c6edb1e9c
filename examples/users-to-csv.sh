#!/bin/sh
# Ten users a minute, one a second, through Kafka into CSV on S3 that Spark reads with the same schema: each record once.
#
#   users-to-csv.sh setup      once: the topic, and where the group begins
#   users-to-csv.sh feed       a minute's users: what a crontab or a timer runs every minute
#   users-to-csv.sh follow     an object every ten seconds in which there is news: a service
#   users-to-csv.sh            both, one after the other, where a crontab is all there is: an object a minute
#
# KAFKA_BOOTSTRAP_SERVERS and the AWS variables (AWS_ENDPOINT_URL_S3 for another store) say where. What may be set besides,
# and what it is:
#   SOURCE     fetch-users …; without a network: SOURCE="generate-users --results 10"
#   REPLICAS   copies of each record in Kafka, for setup: 1, for a single broker; REPLICAS=3 for three
#   LAKE       s3://lake/csv/: its bucket must be there
#   TOPIC, GROUP   csv_users, csv
# shellcheck disable=SC2016 # What stands in single quotes is for the shell of a batch.
set -eu
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
topic=${TOPIC:-csv_users} group=${GROUP:-csv}
export SLUICEBOX_SEAL=1 LAKE="${LAKE:-s3://lake/csv/}" SCHEMA="$here/flat-user.ddl"

feed() {
    ${SOURCE:-fetch-users --results 1 --every 1s --for 10s} |
        map-fields --map-file "$here/user.map" |
        kafka-produce --topic "$topic" --key email --allow-partial
}

land() {
    exec kafka-consume "$topic" --group "$group" "$@" -- \
        sh -c 'to-csv --dialect spark --schema "$SCHEMA" | s3-put --suffix .csv "$LAKE"'
}

case ${1-} in
    setup)
        topic-admin create "$topic" --if-not-exists --partitions 1 --replication-factor "${REPLICAS:-1}"
        topic-admin init-group "$group" --topic "$topic" --at earliest --if-not-exists
        ;;
    feed) feed ;;
    follow) land --batch-wait 10s ;;
    *)
        status=0
        feed || status=$?
        (land --exit-at-end) || status=$?
        exit $status
        ;;
esac
