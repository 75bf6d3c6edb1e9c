"""The jobs of the pipelines in examples/, as one would write them in PySpark.

usage: spark_jobs.py JOB EXAMPLES             reads topics, writes the folder JOB.spark or a table, and the file `peaks`
       spark_jobs.py compare-JOB EXAMPLES     holds the folder JOB.spark against what we wrote; exit 1 where a row differs

Runs where the file hash.key is. `peaks` has the peak memory in KB of each process: Python, the JVM, Python's workers.
"""
import base64
import hashlib
import hmac
import os
import re
import sys

from pyspark.sql import SparkSession, functions as f

from stored import COLUMNS, NATIONS, cassandra

job, examples = sys.argv[1:]

# A postcode is a number here and a string there: as a STRING it is its text.
USER = """gender STRING, name STRUCT<title: STRING, first: STRING, last: STRING>,
    location STRUCT<street: STRUCT<number: INT, name: STRING>, city: STRING, postcode: STRING,
    country: STRING, coordinates: STRUCT<latitude: STRING, longitude: STRING>>, email STRING"""
# What is an object is its text here.
WHOLE_USER = ", ".join(f"{name} STRING" for name in """gender name location email login dob registered phone cell id picture
    nat""".split())
MESSAGE = "data ARRAY<STRUCT<s: STRING, p: DOUBLE, t: BIGINT, v: DOUBLE, c: ARRAY<STRING>>>, type STRING"


def session():
    builder = SparkSession.builder.master("local[2]").appName(job)
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.jars": os.environ["SLUICEBOX_TEST_SPARK_JARS"],
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def topic(name, schema, *besides):
    """The records of a topic, and what Kafka knows of them besides."""
    brokers = os.environ["KAFKA_BOOTSTRAP_SERVERS"]
    lines = spark.read.format("kafka").option("kafka.bootstrap.servers", brokers).option("subscribe", name).load()
    return lines.select(f.from_json(f.col("value").cast("string"), schema).alias("record"), *besides).select("record.*", *besides)


def flat_users(name="users", *besides):
    return topic(name, USER, *besides).select(
        f.concat("name.title", f.lit(". "), "name.first", f.lit(" "), "name.last").alias("name"),
        "gender",
        f.concat(f.col("location.street.number").cast("string"), f.lit(", "), "location.street.name").alias("address"),
        f.col("location.city").alias("city"),
        f.col("location.country").alias("nation"),
        f.col("location.postcode").alias("zip"),
        f.col("location.coordinates.latitude").cast("double").alias("latitude"),
        f.col("location.coordinates.longitude").cast("double").alias("longitude"),
        "email",
        *besides,
    )


def last_users():
    """The last record of each email. All of one email are in one partition, where offsets say which is later."""
    last = f.max_by(f.struct(*COLUMNS), "offset").alias("user")
    return flat_users("random_names", "offset").groupBy("email").agg(last).select("user.*")


def store(rows):
    """Rows of one task into Cassandra."""
    from cassandra.concurrent import execute_concurrent_with_args

    with cassandra() as cluster:
        session = cluster.connect("lake")
        marks = ", ".join("?" * len(COLUMNS))
        insert = session.prepare(f"INSERT INTO random_names_spark ({', '.join(COLUMNS)}) VALUES ({marks})")
        execute_concurrent_with_args(session, insert, rows, concurrency=128)


def pseudonym():
    """hash-fields, from its documentation."""
    line = next(line for line in open("hash.key") if line.startswith("sluicebox-key-1:"))
    key = base64.urlsafe_b64decode(line.split(":")[1].strip() + "==")
    key_id = hashlib.sha256(b"sluicebox key id 1\0" + key).hexdigest()[:8]

    def token(text):
        return None if text is None else f"{key_id}.{hmac.new(key, text.encode(), hashlib.sha256).hexdigest()}"

    return f.udf(token, "string")


def trades():
    messages = topic("messages", MESSAGE).where("type != 'ping'")
    return messages.select(f.explode("data").alias("trade")).select(
        f.col("trade.s").alias("symbol"),
        f.col("trade.p").alias("price"),
        f.timestamp_millis("trade.t").alias("at"),
        f.col("trade.v").alias("volume"),
        f.col("trade.c").alias("conditions"),
    )


def into_mongo(rows, collection):
    # A text that is an object becomes one, with its numbers as numbers and its texts as texts.
    mongo = {"connection.uri": os.environ["MONGODB_URI"], "database": "lake", "convertJson": "objectOrArrayOnly"}
    rows.write.format("mongodb").options(**mongo, collection=collection).mode("append").save()


def write():
    out = f"{job}.spark"
    if job == "users-to-lake":
        flat_users().withColumn("zip", pseudonym()("zip")).write.parquet(out)
    elif job == "users-to-csv":
        # Without these it would take the spaces at the ends of values away.
        whole = {"ignoreLeadingWhiteSpace": False, "ignoreTrailingWhiteSpace": False}
        flat_users().write.options(header=True, **whole).csv(out)
    elif job == "users-to-cassandra":
        last_users().foreachPartition(store)
    elif job == "topics-to-mongo":
        for name in (f"users_{nation}" for nation in NATIONS):
            into_mongo(topic(name, WHOLE_USER), f"{name}_spark")
    elif job == "trades-to-postgres":
        url = "jdbc:postgresql://{PGHOST}:{PGPORT}/{PGDATABASE}".format(**os.environ)
        user = {"user": os.environ["PGUSER"], "password": os.environ["PGPASSWORD"], "driver": "org.postgresql.Driver"}
        trades().write.jdbc(url, "trades_spark", properties=user)
    elif job == "trades-to-mongo":
        into_mongo(trades(), "trades_spark")
    else:
        sys.exit(f"there is no job {job}")


def compare(job):
    if job == "users-to-csv":
        schema = re.sub("--.*", "", open(f"{examples}/flat-user.ddl").read())
        reader = spark.read.schema(schema).option("header", True).option("mode", "FAILFAST")
        ours, theirs = reader.csv(f"{job}.csv"), reader.csv(f"{job}.spark")
    else:
        ours, theirs = spark.read.parquet(f"{job}.parquet"), spark.read.parquet(f"{job}.spark")
    theirs = theirs.select(*ours.columns)
    differ = ours.exceptAll(theirs).count() + theirs.exceptAll(ours).count()
    rows = ours.count()
    print(f"{rows} rows, {differ} differ")
    sys.exit(differ > 0 or rows == 0)


def peaks():
    """The peak of each process of ours, in KB."""
    parents = {}
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            status = dict(line.split(":", 1) for line in open(f"/proc/{number}/status"))
            parents[int(number)] = int(status["PPid"]), int(status.get("VmHWM", "0").split()[0])
        except (OSError, ValueError):
            pass  # it has ended
    family = {os.getpid()}
    while grown := {pid for pid, (parent, _) in parents.items() if parent in family} - family:
        family |= grown
    return [parents[pid][1] for pid in family]


spark = session()
if job.startswith("compare-"):
    compare(job.removeprefix("compare-"))
write()
with open("peaks", "w") as file:
    file.writelines(f"{peak}\n" for peak in peaks())
