#!/bin/sh
# Messages with several trades each through Kafka: a row a trade in PostgreSQL, each once, and a document in MongoDB.
#
#   trades-to-postgres.sh setup           once: the topic, and where both groups begin
#   trades-to-postgres.sh feed < FILE     messages into the topic
#   trades-to-postgres.sh                 what is new into both databases: what a crontab or a timer runs
#   trades-to-postgres.sh show            the trades of the topic, pretty, on the terminal
#
# KAFKA_BOOTSTRAP_SERVERS, PGHOST and its fellows (PGUSER, PGPASSWORD, PGDATABASE), and MONGODB_URI say where. A message is
# {"type":"trade","data":[{"s":"AAPL","p":1.5,"t":1763625600000,"v":10,"c":null},…]}. What may be set besides, and what it is:
#   REPLICAS   copies of each record in Kafka, for setup: 1, for a single broker; REPLICAS=3 for three
#   TOPIC      trades
#   GROUP      the stem of both consumer groups: trades, for trades-postgres and trades-mongo
#   TABLE      of PostgreSQL, and collection of MongoDB: trades
#   DATABASE   of MongoDB: lake
#
# feed ends with 1 at a line that is no JSON object, and the lines before it are in the topic by then: to feed the
# mended file would store those twice. So check a file first: kafka-produce --topic trades --dry-run < FILE.
# A trade that is none (no price, say) rejects its whole message, the good trades beside it included, and a batch that
# has one stores nothing, run after run. How to go on: docs/exactly-once.md, "To find a rejected record, and to send it
# again".
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
