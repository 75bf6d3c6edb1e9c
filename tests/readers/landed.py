"""What landed, held against what was sent: every user once, every field equal.

usage: landed.py PARQUET SENT.ndjson HASH.key

The Parquet file is read by three readers that know nothing of Sluicebox. Emails and postcodes must
be the HMAC that Python computes from the key file, as the documentation says it.
"""
import base64
import datetime
import hashlib
import hmac
import json
import sys

import duckdb
import polars
import pyarrow.parquet

parquet, sent, key_file = sys.argv[1:4]

line = next(line for line in open(key_file) if line.startswith("sluicebox-key-1:"))
key = base64.urlsafe_b64decode(line.split(":")[1].strip() + "==")
key_id = hashlib.sha256(b"sluicebox key id 1\0" + key).hexdigest()[:8]


def token(value):
    if value is None:
        return None
    return key_id + "." + hmac.new(key, str(value).encode(), "sha256").hexdigest()


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


expected = {}
for text in open(sent, encoding="utf-8"):
    user = json.loads(text)
    user["email"] = token(user["email"])
    user["location"]["postcode"] = token(user["location"]["postcode"])
    for when in ("dob", "registered"):
        user[when]["date"] = instant(user[when]["date"])
    expected[user["login"]["uuid"]] = user


def utc(value):
    """Instants as the reader gives them, brought to one zone."""
    if isinstance(value, dict):
        return {name: utc(inner) for name, inner in value.items()}
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.timezone.utc)
    return value


def by_duckdb():
    connection = duckdb.connect()
    # Instants as microseconds: fetching them with a zone would need another package.
    found = connection.execute(
        f"select * replace ({{'date': epoch_us(dob.date), 'age': dob.age}} as dob,"
        f" {{'date': epoch_us(registered.date), 'age': registered.age}} as registered) from read_parquet('{parquet}')"
    )
    names = [column[0] for column in found.description]
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    for row in found.fetchall():
        user = dict(zip(names, row))
        for when in ("dob", "registered"):
            user[when]["date"] = epoch + datetime.timedelta(microseconds=user[when]["date"])
        yield user


readers = {
    "duckdb": by_duckdb,
    "pyarrow": lambda: pyarrow.parquet.read_table(parquet).to_pylist(),
    "polars": lambda: polars.read_parquet(parquet).to_dicts(),
}
for name, read in readers.items():
    seen = set()
    for user in read():
        uuid = user["login"]["uuid"]
        assert uuid not in seen, f"{name}: a user landed twice"
        seen.add(uuid)
        assert utc(user) == expected[uuid], f"{name}: {utc(user)} is not {expected[uuid]}"
    assert len(seen) == len(expected), f"{name}: {len(seen)} users landed, {len(expected)} were sent"
print(len(expected))
