"""Clients that take places and give nothing do not keep others out: the attacks of benches/attack, with bounds."""

import json
import os
import subprocess
import sys
from pathlib import Path

ATTACKS = Path(__file__).resolve().parents[4] / "benches" / "attack" / "slow_clients.py"


def test_others_are_served_meanwhile(town):
    command = [sys.executable, ATTACKS, os.environ["TILE_SERVER"], town, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert len(rows) == 5
    for row in rows:
        assert row["under"]["failed"] == 0, row
        # How long others wait is measured by hand, on a quiet machine; here it only may not be what a locked server makes of it.
        assert row["under"]["p99_ms"] < 1000, row
        assert row["grown_mib"] <= 200, row
