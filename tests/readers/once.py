"""Whether every record that was sent lies in exactly one visible object of a data set, and what is wrong if not.

usage: once.py s3://BUCKET/PREFIX/ SENT.ndjson [ID]

Judged without the code under test: objects are listed and read with requests signed here, counted by DuckDB, and
held against what was sent by the field ID (login.uuid unless said). Then the lineage: in each partition of each topic
id, the ranges in the objects' metadata form one chain without a gap or an overlap, each agrees with the name of its
object and, for Parquet, with the footer. Prints {"objects", "records", "rejects", "ends": {partition: offset}}.
"""
import collections
import json
import os
import re
import sys
import tempfile

import duckdb

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "soak"))
import s3

place, sent = sys.argv[1:3]
field = sys.argv[3] if len(sys.argv) > 3 else "login.uuid"
bucket, prefix = re.fullmatch("s3://([^/]+)/(.*)", place).groups()
complaints = []
wrong = complaints.append


def names(key):
    """What the name of an object says: the partition and the first offset."""
    parts = key.rsplit("/", 1)[-1].split(".")[0].split("-")
    return int(parts[-2]), int(parts[-1])


def footer(path):
    pairs = duckdb.execute("select key, value from parquet_kv_metadata(?)", [path]).fetchall()
    pairs = {bytes(key).decode(): bytes(value).decode() for key, value in pairs}
    return tuple(pairs[f"sluicebox.{name}"] for name in ("topic-id", "partition", "first-offset", "end-offset"))


def rows(path):
    """The ids of an object, counted by DuckDB."""
    if path.endswith(".csv"):
        found = duckdb.execute(f"select {field} from read_csv(?, header=true, all_varchar=true)", [path])
        return [row[0] for row in found.fetchall()]
    reader = "read_parquet" if path.endswith(".parquet") else "read_ndjson"
    if reader == "read_ndjson" and not os.path.getsize(path):
        return []
    return [row[0] for row in duckdb.execute(f"select {field} from {reader}(?)", [path]).fetchall()]


chains = collections.defaultdict(list)
where = collections.defaultdict(list)
visible = set()
accounts = []
records = 0
with tempfile.TemporaryDirectory() as folder:
    objects = s3.keys(bucket, prefix)
    for number, key in enumerate(objects):
        body, headers = s3.whole(bucket, key)
        if key.endswith("_sluicebox/condition"):
            continue
        lineage = tuple(
            headers.get(f"x-amz-meta-sluicebox-{name}")
            for name in ("topic-id", "partition", "first-offset", "end-offset")
        )
        if None in lineage:
            wrong(f"{key} names no range")
            continue
        if key.endswith(".rejects.ndjson"):
            accounts.append((lineage, body.count(b"\n")))
            continue
        path = f"{folder}/{number}.{key.rsplit('.', 1)[-1]}"
        with open(path, "wb") as file:
            file.write(body)
        if path.endswith(".parquet") and footer(path) != lineage:
            wrong(f"{key}: the footer says {footer(path)}, the metadata {lineage}")
        topic_id, partition, first, end = lineage[0], *map(int, lineage[1:])
        if names(key) != (partition, first):
            wrong(f"{key} is named otherwise than what it holds, {lineage}")
        visible.add(lineage)
        chains[topic_id, partition].append((first, end, key))
        for id in rows(path):
            records += 1
            where[id].append(key)

ends = {}
for (topic_id, partition), chain in chains.items():
    chain.sort()
    for (_, end, before), (first, _, after) in zip(chain, chain[1:]):
        if end != first:
            wrong(f"{'overlap' if first < end else 'gap'} in partition {partition}: {end} to {first}, {before}, {after}")
    ends[partition] = chain[-1][1]

# An attempt that was ended may leave an account of another range: it counts for nothing.
rejects = sum(count for lineage, count in accounts if lineage in visible)
everyone = collections.Counter()
with open(sent, encoding="utf-8") as lines:
    for line in lines:
        value = json.loads(line)
        for name in field.split("."):
            value = value[name]
        everyone[value] += 1
assert max(everyone.values(), default=1) == 1, "the records that were sent are not told apart by " + field
twice = [id for id, keys in where.items() if len(keys) > 1]
missing = [id for id in everyone if id not in where]
if twice:
    wrong(f"{len(twice)} records are there more than once, the first one in {where[twice[0]]}")
if len(missing) != rejects:
    wrong(f"{len(missing)} records are in no object, with {rejects} rejects")
if strange := [id for id in where if id not in everyone]:
    wrong(f"{len(strange)} records were never sent")
print(json.dumps({"objects": sum(map(len, chains.values())), "records": records, "rejects": rejects, "ends": ends}))
for complaint in complaints[:20]:
    print(complaint, file=sys.stderr)
sys.exit(bool(complaints))
