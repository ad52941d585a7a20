"""Clients that take places and give nothing, against a server that this starts on loopback: what others notice of them.

    python benches/attack/slow_clients.py target/release/tile-server town.plate

Each attack runs for ten seconds at most and ends by itself. Printed are the 99th percentile of other clients' waits, idle and under
attack, failed requests of theirs, and what the server's memory grew by. Python's standard library is enough.
"""

import argparse
import contextlib
import http.client
import json
import math
import multiprocessing
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

SECONDS = 6.0
CLIENTS = 4
#: What other clients ask for, one after the other.
ASKED = ["/healthz", "/api/locate?lng={lng}&lat={lat}", "/tiles/grids,buildings/15/{x}/{y}.mvt", "/api/stats?level=community"]


def memory_mib(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


@contextlib.contextmanager
def server(program, plate, settings):
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(settings)
        config.flush()
        command = [program, plate, "--listen", "127.0.0.1:0", "--config", config.name]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            port = next(int(found[1]) for line in process.stderr if (found := re.search(r"map: http://127\.0\.0\.1:(\d+)/", line)))
            threading.Thread(target=process.stderr.read, daemon=True).start()
            yield process.pid, port
        finally:
            process.terminate()
            process.wait(20)


def honest(port, paths, until, results):
    """Asks one after the other on a connection that is kept; a broken one is opened again, as browsers do."""
    waits, failed = [], 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for turn in range(10**9):
        if time.monotonic() > until:
            break
        began = time.perf_counter()
        for attempt in (0, 1):
            try:
                connection.request("GET", paths[turn % len(paths)])
                answer = connection.getresponse()
                answer.read()
                failed += answer.status >= 400
                break
            except (OSError, http.client.HTTPException):
                connection.close()
                failed += attempt
        waits.append(time.perf_counter() - began)
        time.sleep(0.002)
    results.put((waits, failed))


def measured(port, paths, seconds=SECONDS):
    """The 99th percentile of the waits in milliseconds, and how many requests failed."""
    results, until = multiprocessing.Queue(), time.monotonic() + seconds
    clients = [multiprocessing.Process(target=honest, args=(port, paths, until, results)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    found = [results.get() for _ in clients]
    for client in clients:
        client.join()
    waits = sorted(wait for some, _ in found for wait in some)
    return {
        "p50_ms": 1000 * statistics.median(waits),
        "p99_ms": 1000 * waits[int(len(waits) * 0.99)],
        "asked": len(waits),
        "failed": sum(failed for _, failed in found),
    }


def opened(port, source, text):
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.bind((source, 0))
    connection.settimeout(5)
    connection.connect(("127.0.0.1", port))
    connection.sendall(text)
    return connection


def kept(port, source, count, text):
    """Opens connections that send a text and wait. Those that the server closes are gone."""
    connections = []
    for _ in range(count):
        try:
            connections.append(opened(port, source, text))
        except OSError:
            pass
    return connections


HEAD = b"POST /api/locate HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 4000000\r\n\r\n"


def stalled_bodies(port, source):
    return kept(port, source, 256, HEAD + b'{"points": [[' + b"1" * 8000)


def half_heads(port, source):
    return kept(port, source, 4096, b"GET /healthz HTTP/1.1\r\nhost: a\r\nx-padding: " + b"a" * 200)


def unread_answers(port, source):
    path = b"/ogc/collections/addresses/items?limit=5000"
    return kept(port, source, 700, b"GET " + path + b" HTTP/1.1\r\nhost: a\r\naccept-encoding: identity\r\n\r\n")


def pipelined_answers(port, source):
    one = b"GET /ogc/collections/addresses/items?limit=5000 HTTP/1.1\r\nhost: a\r\naccept-encoding: identity\r\n\r\n"
    return kept(port, source, 8, one * 100)


def abandoned_batches(port, source):
    """Batches of texts that take long, given up as soon as they were sent."""
    texts = [f"海棠路{n}号{n % 9}栋{'南' * 40}" for n in range(10_000)]
    body = json.dumps({"texts": texts}, ensure_ascii=False).encode()
    head = f"POST /api/geocode HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    for connection in kept(port, source, 20, head.encode() + body):
        connection.close()
    return []


ATTACKS = [stalled_bodies, half_heads, unread_answers, pipelined_answers, abandoned_batches]


def tile(lng, lat, zoom):
    side = 2**zoom
    x = int((lng + 180) / 360 * side)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)
    return {"x": x, "y": y}


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("server")
    arguments.add_argument("plate")
    arguments.add_argument("--settings", default="", help="settings of the server, TOML")
    arguments.add_argument("--source", default="127.0.0.1", help="the address that attacks come from; others come from 127.0.0.1")
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 16384), most))
    rows = []
    for attack in ATTACKS:
        with server(given.server, given.plate, given.settings) as (pid, port):
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as first:
                first.request("GET", "/style.json")
                metadata = json.load(first.getresponse())["metadata"]
            west, south, east, north = metadata["baseplate:bounds"]
            lng, lat = (west + east) / 2, (south + north) / 2
            paths = [path.format(lng=lng, lat=lat, **tile(lng, lat, 15)) for path in ASKED]
            measured(port, paths, 1.0)
            idle, before = measured(port, paths), memory_mib(pid)
            held = []
            attacker = threading.Thread(target=lambda: held.extend(attack(port, given.source)))
            attacker.start()
            under = measured(port, paths)
            after = memory_mib(pid)
            attacker.join()
            row = {"attack": attack.__name__, "idle": idle, "under": under, "grown_mib": after - before}
            rows.append(row)
            if not given.json:
                print(
                    f"{attack.__name__:18} p99 {idle['p99_ms']:7.2f} ms idle, {under['p99_ms']:7.2f} ms under attack; "
                    f"p50 {idle['p50_ms']:.2f}, {under['p50_ms']:.2f}; failed {under['failed']} of {under['asked']}; "
                    f"memory {before:.0f} MiB, grown by {after - before:.0f} MiB",
                    flush=True,
                )
            for connection in held:
                connection.close()
    if given.json:
        json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
