"""Oracle: schemathesis reads /openapi.json and asks the running program whatever the description allows and forbids.

If a test here fails, a client that was generated from the description breaks, or wrong input is taken for right.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from test_service import fetch

# Questions for each operation and each sort (right and wrong), besides the borders of every parameter.
EXAMPLES = 10
# Of all operations together; far fewer mean that the description was not read.
FEWEST_QUESTIONS = 1000
SECONDS = 180


@pytest.fixture(scope="module")
def address(run_server, town, tmp_path_factory):
    with run_server(town, tmp_path_factory.mktemp("openapi") / "log") as server:
        yield server.address


def test_every_answer_is_as_described(address, tmp_path):
    hooks = Path(__file__).with_name("openapi_hooks.py")
    done = subprocess.run(
        [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
        + [f"--config-file={hooks.with_name('schemathesis.toml')}", "run"]
        + [f"{address}/openapi.json", "--checks=all", f"--max-examples={EXAMPLES}", "--continue-on-failure"]
        + ["--phases=examples,coverage,fuzzing"]
        + ["--generation-deterministic", "--suppress-health-check=all", "--no-color"],
        env={**os.environ, "SCHEMATHESIS_HOOKS": hooks.stem, "PYTHONPATH": str(hooks.parent)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    asked = re.search(r"(\d+) generated", done.stdout)
    assert asked and int(asked.group(1)) >= FEWEST_QUESTIONS, done.stdout


def test_the_description_is_openapi_3_1_and_names_no_other_host(address):
    answer = fetch(address, "/openapi.json")
    assert answer.headers["content-type"] == "application/json" and answer.headers["etag"]
    document = json.loads(answer.body)
    assert document["openapi"].startswith("3.1.")
    assert "servers" not in document, "requests go to where the description came from"


def test_the_documentation_loads_itself_only(address):
    page = fetch(address, "/docs/")
    assert page.status == 200 and b"swagger-initializer.js" in page.body
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert b'"../openapi.json"' in fetch(address, "/docs/swagger-initializer.js").body
