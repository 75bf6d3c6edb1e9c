"""The randomuser API on loopback, by its rules, for as many users as a test wants.

usage: api.py USERS.ndjson [--limit 20000] [--window 300] -- COMMAND [ARGUMENT]...

Serves while COMMAND runs, which finds it by SLUICEBOX_USERS_URL. Users come from the file, in its order, over and
over. `results` outside 1..5000 means 1; more than LIMIT users in a fixed window of WINDOW seconds get status 429
without Retry-After.
"""
import argparse
import http.server
import itertools
import json
import os
import subprocess
import sys
import threading
import time
import urllib.parse

options = argparse.ArgumentParser()
options.add_argument("users")
options.add_argument("--limit", type=int, default=20_000)
options.add_argument("--window", type=float, default=300)
options.add_argument("command", nargs="+")
options = options.parse_args()

users = itertools.cycle(open(options.users, "rb").read().splitlines())
lock, started = threading.Lock(), time.monotonic()
window, served = 0, 0


def take(count):
    """The next users, or nothing when the window has had its share."""
    global window, served
    with lock:
        now = int((time.monotonic() - started) / options.window)
        if now != window:
            window, served = now, 0
        if served + count > options.limit:
            return None
        served += count
        return list(itertools.islice(users, count))


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path != "/api/1.4/":
            return self.answer(404, b"Not Found")
        wanted = urllib.parse.parse_qs(url.query).get("results", ["1"])[0]
        count = int(wanted) if wanted.isdecimal() and 1 <= int(wanted) <= 5_000 else 1
        records = take(count)
        if records is None:
            return self.answer(429, b'{"error":"Whoa, ease up there cowboy."}')
        info = {"seed": "a1b2", "results": count, "page": 1, "version": "1.4"}
        self.answer(200, b'{"results":[' + b",".join(records) + b'],"info":' + json.dumps(info).encode() + b"}")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["SLUICEBOX_USERS_URL"] = f"http://127.0.0.1:{server.server_port}/api/1.4/"
sys.exit(subprocess.run(options.command).returncode)
