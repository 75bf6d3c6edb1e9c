#!/bin/sh
# Messages with several trades each through Kafka: a row a trade in PostgreSQL, each once, and a document in MongoDB.
#
#   trades-to-postgres.sh setup           once: the topic, and where both groups begin
#   trades-to-postgres.sh feed < FILE     messages into the topic
#   trades-to-postgres.sh                 what is new into both databases: what a crontab or a timer runs
#   trades-to-postgres.sh show            the trades of the topic, pretty, on the terminal
#
# KAFKA_BOOTSTRAP_SERVERS, PGHOST and its fellows, and MONGODB_URI say where.
# shellcheck disable=SC2016 # What stands in single quotes is for the shell of a batch.
set -eu
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
topic=${TOPIC:-trades} group=${GROUP:-trades}
export SLUICEBOX_SEAL=1 DATABASE="${DATABASE:-lake}" TABLE="${TABLE:-trades}" TRADE="$here/trade"

# A ping is no trade. Everything else must be one, or is rejected.
rows="map-fields --where 'type != \"ping\"' --explode data --map-file \"\$TRADE.map\""

consume() { kafka-consume "$topic" --group "$group-$1" --exit-at-end -- sh -c "$rows | $2"; }

case ${1-} in
    setup)
        topic-admin create "$topic" --if-not-exists --partitions 2 --replication-factor "${REPLICAS:-1}"
        for sink in postgres mongo; do
            topic-admin init-group "$group-$sink" --topic "$topic" --at earliest --if-not-exists
        done
        ;;
    feed) SLUICEBOX_SEAL=0 kafka-produce --topic "$topic" ;;
    show) SLUICEBOX_SEAL=0 kafka-consume "$topic" --exit-at-end | SLUICEBOX_SEAL=0 sh -c "$rows" | jq . ;;
    *)
        status=0
        consume postgres 'postgres-put --create --table "$TABLE" --schema "$TRADE.ddl"' || status=$?
        consume mongo 'mongo-put --create --database "$DATABASE" --collection "$TABLE" --schema "$TRADE.ddl"' || status=$?
        exit $status
        ;;
esac
