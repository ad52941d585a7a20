"""Oracle: schemathesis reads /openapi.json and asks the running program whatever the description allows and forbids.

If a test here fails, a client that was generated from the description breaks, or wrong input is taken for right.
"""

import struct

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import floats

from test_service import fetch

# Questions for each operation and each sort (right and wrong), in addition to the borders of every parameter.
EXAMPLES = 12

points = st.lists(st.tuples(floats(-180, 180), floats(-90, 90)), max_size=50)
schemathesis.openapi.media_type(
    "application/octet-stream", points.map(lambda pairs: b"".join(struct.pack("<2d", *pair) for pair in pairs))
)


@pytest.fixture(scope="module")
def address(run_server, town, tmp_path_factory):
    with run_server(town, tmp_path_factory.mktemp("openapi") / "log") as server:
        yield server.address


@pytest.fixture
def described(address):
    return schemathesis.openapi.from_url(f"{address}/openapi.json")


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described(case):
    case.call_and_validate()


def test_the_documentation_loads_itself_only(address):
    page = fetch(address, "/docs/")
    assert page.status == 200 and b"swagger-initializer.js" in page.body
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert b'"../openapi.json"' in fetch(address, "/docs/swagger-initializer.js").body
