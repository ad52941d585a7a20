"""Asks several systems for the grid of each of many points, on the same grids and points, and prints one table.

    peers.py --program RUST-PROGRAM --ground SPEC-OR-PLATE [--points N] [--out FILE]

Needs nothing but Python: what a peer needs is installed into the Python that runs this, or by apt. A peer that cannot
be had, or fails, is named with the reason, and the others go on.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
# Seconds after which a peer is given up.
PATIENCE = 1800
SHARED = ["numpy==2.4.6", "pyarrow==26.0.1", "shapely==2.2.0"]


class Missing(Exception):
    """Why a peer cannot be measured."""


@dataclass(frozen=True)
class Peer:
    name: str
    script: str
    packages: list[str]
    debian: dict[str, str]


PEERS = [
    Peer("GeoPandas", "with_geopandas.py", ["geopandas==1.2.0", "pandas==3.1.1"], {}),
    Peer("shapely", "with_shapely.py", [], {}),
    Peer("DuckDB spatial", "with_duckdb.py", ["duckdb==1.5.5", "duckdb-extension-spatial==1.5.5"], {}),
    Peer("SedonaDB", "with_sedonadb.py", ["geopandas==1.2.0", "apache-sedona[db]==1.9.1", "sedonadb==0.5.0"], {}),
    Peer("PostGIS", "with_postgis.py", [], {"/usr/lib/postgresql/15/lib/postgis-3.so": "postgresql-15-postgis-3"}),
]


def main():
    args = arguments()
    with tempfile.TemporaryDirectory(prefix="peers-") as scratch:
        os.chmod(scratch, 0o755)
        rows = ours(args, scratch)
        missing = []
        for peer in PEERS:
            print(f"asking {peer.name}", file=sys.stderr)
            try:
                install(peer)
                rows += ask(peer, scratch)
            except Missing as why:
                missing.append(f"{peer.name} is missing: {why}")
        notes = [f"- {note}" for note in (checksum(rows), *missing, machine())]
        report = "\n".join([timings(rows), borders(rows), *notes])
    print(report)
    if args.out:
        Path(args.out).write_text(report + "\n", encoding="utf-8")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True, help="the built example `peers`")
    parser.add_argument("--ground", required=True, help="a plate, or the spec of one")
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--out", help="a file for the table")
    return parser.parse_args()


def ours(args, scratch):
    """Measures the systems written in Rust, and leaves grids and points in the scratch folder for the others."""
    done = subprocess.run(
        [args.program, args.ground, scratch, str(args.points)], stdout=subprocess.PIPE, text=True, check=True
    )
    version = rust_versions()
    return [row | {"version": version[row["system"]]} for row in json_lines(done.stdout)]


def rust_versions():
    locked = tomllib.loads((REPOSITORY / "Cargo.lock").read_text())["package"]
    locked.sort(key=lambda package: [int(n) for n in package["version"].split(".")[:2]])
    newest = {package["name"]: package["version"] for package in locked}
    return {
        "baseplate": newest["baseplate-core"],
        "rstar + geo::Contains": f"{newest['rstar']} + {newest['geo']}",
    }


def install(peer):
    run([sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", *SHARED, *peer.packages])
    if peer.debian:
        run([REPOSITORY / ".ci" / "apt", *(f"{file}={package}" for file, package in peer.debian.items())])


def ask(peer, scratch):
    return json_lines(run([sys.executable, HERE / peer.script, scratch]))


def run(command):
    """Runs a command and returns what it printed; on failure the last line of its errors is the reason."""
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    except OSError as error:
        raise Missing(str(error)) from error
    try:
        printed, errors = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired as error:
        # An interrupt, so that a peer can stop the server it has started.
        process.send_signal(signal.SIGINT)
        process.communicate()
        raise Missing(f"no answer in {PATIENCE} s") from error
    if process.returncode != 0:
        lines = [line for line in errors.splitlines() if line.strip()]
        raise Missing(lines[-1] if lines else f"exit code {process.returncode}")
    return printed


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]


def timings(rows):
    lines = [
        "| mode | system | version | points | ns a point | times ours | answers that differ |",
        "|---|---|---|---:|---:|---:|---:|",
    ]
    timed = timed_rows(rows)
    for mode in dict.fromkeys(row["mode"] for row in timed):
        of_mode = sorted((row for row in timed if row["mode"] == mode), key=lambda row: row["ns"])
        base = next((row["ns"] for row in of_mode if row["system"] == "baseplate"), None)
        for row in of_mode:
            ratio = f"{row['ns'] / base:.1f}" if base else ""
            lines.append(
                f"| {mode} | {row['system']} | {row['version']} | {row['points']:,} | {row['ns']:,.1f} | {ratio} "
                f"| {row['differ']:,} |"
            )
    return "\n".join(lines) + "\n"


def borders(rows):
    """What each system says of points that are vertices of the grids."""
    lines = [
        "| system, asked for vertices of the grids | points | no owner | one owner | several owners |",
        "|---|---:|---:|---:|---:|",
    ]
    for row in (row for row in rows if row["mode"].endswith("vertices")):
        points, inside, several = row["points"], row["inside"], row["several"]
        lines.append(f"| {row['system']} | {points:,} | {points - inside:,} | {inside - several:,} | {several:,} |")
    return "\n".join(lines) + "\n"


def checksum(rows):
    """Whether the Rust systems gave the same owners in every mode, where a point lies strictly inside one grid."""
    checked = [row for row in timed_rows(rows) if "owners" in row]
    sums = dict.fromkeys(row["owners"] for row in checked)
    inside, points = checked[0]["inside"], checked[0]["points"]
    same = f"the same in all {len(checked)} rows" if len(sums) == 1 else "THEY DIFFER"
    return f"baseplate and rstar: {inside:,} of {points:,} points inside; checksum of owners {', '.join(sums)}, {same}"


def timed_rows(rows):
    return [row for row in rows if not row["mode"].endswith("vertices")]


def machine():
    def field(path, key, separator):
        lines = Path(path).read_text().splitlines() if Path(path).exists() else []
        return next((line.split(separator, 1)[1].strip(' \t"') for line in lines if line.startswith(key)), "?")

    memory = field("/proc/meminfo", "MemTotal", ":").split()[0]
    memory = f"{int(memory) / 2**20:.0f} GiB" if memory.isdigit() else "?"
    return (
        f"{field('/proc/cpuinfo', 'model name', ':')}, {os.cpu_count()} cores, {memory} RAM, "
        f"{field('/etc/os-release', 'PRETTY_NAME', '=')}, Python {platform.python_version()}"
    )


if __name__ == "__main__":
    main()
