"""What the jobs of tests/soak/pyspark have stored in databases, read by drivers that are neither ours nor Spark's.

usage: stored.py prepare     makes what Spark does not make by itself: Cassandra's keyspace, and a table for Spark
       stored.py JOB         holds what we stored against what Spark stored, every row and field; exit 1 where they differ
"""
# Drivers are imported where they are needed: each job of Spark imports this.
import os
import subprocess
import sys
from collections import Counter

NATIONS = ["au", "de", "fr"]
COLUMNS = ["name", "gender", "address", "city", "nation", "zip", "latitude", "longitude", "email"]


def cassandra():
    """The cluster; its `connect` is a session, and both end with the cluster."""
    from cassandra.auth import PlainTextAuthProvider
    from cassandra.cluster import Cluster

    host, port = os.environ["CASSANDRA_CONTACT_POINTS"].split(":")
    user = PlainTextAuthProvider(os.environ["CASSANDRA_USERNAME"], os.environ["CASSANDRA_PASSWORD"])
    return Cluster([host], port=int(port), auth_provider=user)


def prepare():
    with cassandra() as cluster:
        session = cluster.connect()
        session.execute("CREATE KEYSPACE lake WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
        columns = ", ".join(f"{name} {'double' if name.endswith('itude') else 'text'}" for name in COLUMNS)
        session.execute(f"CREATE TABLE lake.random_names_spark ({columns}, PRIMARY KEY (email))")


def users_to_cassandra():
    def rows(table):
        found = session.execute(f"SELECT * FROM lake.{table}")
        return Counter(tuple(sorted(row._asdict().items())) for row in found)

    with cassandra() as cluster:
        session = cluster.connect()
        return rows("random_names"), rows("random_names_spark")


def topics_to_mongo():
    return documents([f"users_{nation}" for nation in NATIONS])


def trades_to_mongo():
    return documents(["trades"])


def documents(collections):
    """Documents as bytes: the order of fields counts, and a number is not its text. What names a record is ours alone."""
    import bson
    import pymongo

    database = pymongo.MongoClient(os.environ["MONGODB_URI"])["lake"]

    def found(suffix):
        found = Counter()
        for collection in collections:
            for document in database[collection + suffix].find():
                for name in ("_id", "_sluicebox"):
                    document.pop(name, None)
                found[collection, bson.encode(document)] += 1
        return found

    return found(""), found("_spark")


def trades_to_postgres():
    def columns(table):
        types = "SELECT attname || ' ' || atttypid::regtype FROM pg_attribute WHERE attnum > 0"
        return psql(f"{types} AND attrelid = '{table}'::regclass ORDER BY attnum")

    def rows(table):
        return Counter(psql(f"SELECT to_jsonb({table}) FROM {table}"))

    # A list is JSON here and an array there; as JSON they are the same.
    theirs = [column.replace("text[]", "jsonb") for column in columns("trades_spark")]
    if columns("trades") != theirs:
        sys.exit(f"columns differ: {columns('trades')}, {theirs}")
    return rows("trades"), rows("trades_spark")


def psql(query):
    """The lines of an answer."""
    command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", query]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()


def main(step):
    if step == "prepare":
        return prepare()
    ours, theirs = globals()[step.replace("-", "_")]()
    rows, differ = ours.total(), (ours - theirs).total() + (theirs - ours).total()
    print(f"{rows} rows, {differ} differ")
    sys.exit(differ > 0 or rows == 0)


if __name__ == "__main__":
    main(sys.argv[1])
