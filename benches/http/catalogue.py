"""The catalogue of a plate with many layers: how long the server takes to serve it, and to answer /api/layers.

Example: catalogue.py --baseplate target/release/baseplate --program target/release/tile-server --town data/town
"""

import argparse
import csv
import os
import re
import statistics
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

KEY = "5097b0401182c115f1cf257f33f66af4edbf7e9c16429aa14894d4d6e1ed2aec"
WORDS = ["工单", "摄像头", "出租屋", "巡查", "路灯", "井盖"]


def write_sources(folder, town, layers, rows):
    """A spec of the town with so many layers of so many rows, all at its addresses."""
    with open(town / "addresses.csv", newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        next(reader)
        codes = [row[0] for row, _ in zip(reader, range(rows))]
    with open(folder / "layer.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "name", "address", "kind", "amount", "time"])
        for number, code in enumerate(codes):
            writer.writerow([f"R{number}", f"记录{number}", code, WORDS[number % 6], number, f"2026-01-{1 + number % 28:02}"])
    spec = (town / "spec.toml").read_text(encoding="utf-8").replace('path = "', f'path = "{town.resolve()}/')
    for number in range(layers):
        word = WORDS[number % len(WORDS)]
        spec += f"""
[[layers]]
id = "layer-{number}"
title = {{ zh = "{word}{number}", en = "Layer {number}" }}
category = "{word}类"
keeper = "第{number % 40}科"
description = "{word}的记录，每日更新"
audience = "public"
path = "layer.csv"
code = "code"
name = "name"
at = {{ address = "address" }}
time = "time"
attributes = {{ kind = "category", amount = "integer" }}
"""
    (folder / "spec.toml").write_text(spec, encoding="utf-8")
    return folder / "spec.toml"


def started(program, plate, log):
    """A server, its address, and how long it took until it served."""
    begun = time.perf_counter()
    with open(log, "w", encoding="utf-8") as output:
        server = subprocess.Popen([program, plate, "--listen", "127.0.0.1:0"], stderr=output, env={**os.environ, "LC_ALL": "C.UTF-8"})
    while not (found := re.search(r"map: (http://\S+?)/ ", Path(log).read_text(encoding="utf-8"))):
        assert server.poll() is None, Path(log).read_text(encoding="utf-8")
        time.sleep(0.002)
    return server, found.group(1), time.perf_counter() - begun


def asked(url):
    """How long an answer took, and its size."""
    begun = time.perf_counter()
    with urllib.request.urlopen(url, timeout=60) as answer:
        body = answer.read()
    return time.perf_counter() - begun, len(body)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--baseplate", required=True)
    parser.add_argument("--program", required=True)
    parser.add_argument("--town", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=400)
    parser.add_argument("--rows", type=int, default=50)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spec = write_sources(folder, args.town, args.layers, args.rows)
        plate = folder / "many.plate"
        subprocess.run([args.baseplate, "build", spec, "--out", plate], check=True, env={**os.environ, "BASEPLATE_KEY": KEY})
        starts, firsts, others, searches = [], [], [], []
        for _ in range(5):
            server, address, took = started(args.program, plate, folder / "log")
            try:
                starts.append(took)
                firsts.append(asked(f"{address}/api/layers")[0])
                others += [asked(f"{address}/api/layers") for _ in range(20)]
                searches += [asked(f"{address}/api/layers?q={urllib.parse.quote('路灯')}") for _ in range(20)]
            finally:
                server.terminate()
                server.wait()
        size = others[0][1]
        others, searches = ([took for took, _ in asked_ones] for asked_ones in (others, searches))
        print(f"{args.layers} layers of {args.rows} rows; medians, in brackets the longest")
        print(f"start until it serves: {statistics.median(starts) * 1e3:.0f} ms ({max(starts) * 1e3:.0f})")
        print(f"/api/layers, first time: {statistics.median(firsts) * 1e3:.1f} ms ({max(firsts) * 1e3:.1f})")
        print(f"/api/layers, {size} bytes: {statistics.median(others) * 1e3:.1f} ms ({max(others) * 1e3:.1f})")
        print(f"/api/layers?q=路灯: {statistics.median(searches) * 1e3:.1f} ms ({max(searches) * 1e3:.1f})")


if __name__ == "__main__":
    main()
