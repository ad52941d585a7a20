"""What schemathesis is told of bodies that no schema describes."""

import struct

import schemathesis
from hypothesis import strategies as st

POINTS = st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=50)

schemathesis.openapi.media_type(
    "application/octet-stream", POINTS.map(lambda pairs: b"".join(struct.pack("<2d", *pair) for pair in pairs))
)
