"""Oracle: the running program, asked by an HTTP client of another language, while its plate changes under it.

If a test here fails, a map tears while a city's plate is renewed, a server falls over because of one slow client, or a
restart cuts answers off.
"""

import gzip
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from plates import generation, wait_for_line
from test_tiles_decode import tiles_over

LAYERS = "districts,subdistricts,communities,grids,buildings"
# Publications under load, and the threads that ask meanwhile.
PUBLISHED, THREADS = 10, 8
# What a server needs at most to notice a publication (it looks every second), s.
NOTICED = 15
TOWN = (114.0357, 22.5417, 114.0646, 22.5622)
MIDDLE = "lng=114.05&lat=22.552"


@pytest.fixture(scope="module")
def other_source(cli, tmp_path_factory):
    folder = tmp_path_factory.mktemp("other") / "source"
    cli.run("synth", "--out", folder, "--scale", "town", "--seed", "2")
    return folder


@pytest.fixture
def plate(town, tmp_path):
    """A plate of the town that a test may publish to."""
    return shutil.copytree(town, tmp_path / "town.plate")


def replace_current(plate, content):
    """In one step, as a build does it."""
    (plate / "CURRENT.new").write_text(content)
    (plate / "CURRENT.new").replace(plate / "CURRENT")


def connect(address, timeout=30):
    parts = urlsplit(address)
    return closing(http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout))


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict
    body: bytes

    @property
    def generation(self):
        return self.headers["x-baseplate-generation"]


def ask(connection, path, method="GET", body=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers=named)
    answer = connection.getresponse()
    return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())


def fetch(address, path, **options):
    with connect(address) as connection:
        return ask(connection, path, **options)


def tile_paths(zooms):
    return [f"/tiles/{LAYERS}/{z}/{x}/{y}.mvt" for zoom in zooms for z, x, y in tiles_over(TOWN, zoom)]


def wait_for_generation(address, name):
    for _ in range(NOTICED * 10):
        if fetch(address, "/healthz").generation == name:
            return
        time.sleep(0.1)
    raise AssertionError(f"{name} was published and is not served")


def published(cli, source, plate):
    cli.build(source / "spec.toml", plate, "--accept", "--new-people-series")
    return generation(plate).name


# Reloading


@dataclass(frozen=True)
class Expected:
    """What a town answers to a path: the tag, and the body without its generation."""

    tag: str | None
    body: object


def plain(path, answer):
    if answer.headers.get("content-encoding") == "gzip":
        answer = Answer(answer.status, answer.headers, gzip.decompress(answer.body))
    if path.endswith(".mvt") or not answer.body:
        return answer.status, answer.body
    content = json.loads(answer.body)
    named = content.pop("generation", answer.generation)
    assert named == answer.generation, f"{path}: the body is of {named}, the header says {answer.generation}"
    for key in ("metadata", "built_at", "tiles", "sources", "layers"):
        content.pop(key, None)
    return answer.status, content


def expected(serve, plate, log, paths):
    with serve(plate, log) as address, connect(address) as connection:
        answers = {path: ask(connection, path, Accept_Encoding="gzip") for path in paths}
    # Documents have addresses and a generation in them, so their tags are a server's own.
    tags = {path: a.headers["etag"] if path.endswith(".mvt") else None for path, a in answers.items()}
    return {path: Expected(tags[path], plain(path, a)) for path, a in answers.items()}


class Asker(threading.Thread):
    """Asks until it is stopped, and keeps every answer that is not the one of the generation that it names."""

    def __init__(self, address, paths, of_generation, start):
        super().__init__()
        self.address, self.paths, self.of_generation = address, paths[start:] + paths[:start], of_generation
        self.stop, self.wrong, self.seen, self.answers, self.known = threading.Event(), [], set(), 0, 0

    def run(self):
        with connect(self.address) as connection:
            while not self.stop.is_set():
                for path in self.paths:
                    self.ask(connection, path)

    def ask(self, connection, path):
        try:
            tag = self.of_generation("000001")[path].tag if self.answers % 3 == 0 else None
            answer = ask(connection, path, Accept_Encoding="gzip", **({"If_None_Match": tag} if tag else {}))
            of = self.of_generation(answer.generation)[path]
            if answer.status == 304:
                self.known += 1
                right = of.tag == tag == answer.headers["etag"]
            else:
                right = plain(path, answer) == of.body and of.tag in (None, answer.headers.get("etag"))
            self.seen.add(answer.generation)
        except Exception as error:
            right, answer = False, error
        self.answers += 1
        if not right:
            self.wrong.append((path, answer))


def test_generations_change_under_load_and_no_answer_fails_or_mixes(
    cli, run_server, serve, town, town_source, other_source, plate, tmp_path
):
    other = tmp_path / "other.plate"
    cli.build(other_source / "spec.toml", other)
    paths = tile_paths(range(10, 16)) + ["/tiles/grids.json", "/catalog", f"/api/locate?{MIDDLE}", "/api/stats"]
    towns = [expected(serve, town, tmp_path / "a.log", paths), expected(serve, other, tmp_path / "b.log", paths)]
    assert sum(towns[0][p].body != towns[1][p].body for p in paths) > len(paths) // 2, "the towns must differ"

    def of_generation(name):
        return towns[(int(name) - 1) % 2]

    with run_server(plate, tmp_path / "server.log") as server:
        askers = [Asker(server.address, paths, of_generation, n * len(paths) // THREADS) for n in range(THREADS)]
        for asker in askers:
            asker.start()
        for n in range(PUBLISHED):
            wait_for_generation(server.address, published(cli, (other_source, town_source)[n % 2], plate))
        for asker in askers:
            asker.stop.set()
        for asker in askers:
            asker.join()
        mapped = {line.split("/")[-2] for line in open(f"/proc/{server.process.pid}/maps") if "town.plate/" in line}
    wrong = [w for asker in askers for w in asker.wrong]
    assert not wrong, f"{len(wrong)} wrong answers, the first: {wrong[0]}"
    assert len(set().union(*(asker.seen for asker in askers))) == PUBLISHED + 1
    assert sum(asker.answers for asker in askers) > 1000 and sum(asker.known for asker in askers) > 100
    assert mapped - {"index", "layers"} <= {f"{PUBLISHED + 1:06}"}, f"generations that nobody asks are still open: {mapped}"


def test_unchanged_tiles_keep_their_tags_over_a_rebuild(cli, run_server, town_source, plate, tmp_path):
    paths = tile_paths(range(12, 17))
    with run_server(plate, tmp_path / "server.log") as server:
        before = {path: fetch(server.address, path, Accept_Encoding="br").headers["etag"] for path in paths}
        wait_for_generation(server.address, published(cli, town_source, plate))
        for path, tag in before.items():
            again = fetch(server.address, path, Accept_Encoding="br", If_None_Match=tag)
            assert (again.status, again.headers["etag"], again.generation) == (304, tag, "000002"), path
    assert len(set(before.values())) > len(paths) // 2


def test_a_generation_that_cannot_be_opened_leaves_the_one_before(cli, run_server, town_source, plate, tmp_path):
    with run_server(plate, tmp_path / "server.log") as server:
        current = (plate / "CURRENT").read_text()
        replace_current(plate, "000099 0123456789abcdef\n")
        wait_for_line(server.process, server.log, "(cannot be opened)")
        time.sleep(3)
        assert fetch(server.address, f"/api/locate?{MIDDLE}").status == 200
        replace_current(plate, current)
        wait_for_generation(server.address, published(cli, town_source, plate))
        assert server.log.read_text().count("cannot be opened") == 1, "it is said once"


# Beginning and ending


def test_a_server_is_alive_before_it_is_ready(run_server, plate, tmp_path):
    """CURRENT is a pipe for as long as the plate should seem to be opened."""
    program = run_server.args[0]
    current, pipe = (plate / "CURRENT").read_text(), plate / "pipe"
    (plate / "CURRENT").unlink()
    os.mkfifo(pipe)
    os.link(pipe, plate / "CURRENT")
    log = tmp_path / "server.log"
    with open(log, "wb") as stderr:
        server = subprocess.Popen([program, plate, "--listen", "127.0.0.1:0"], stderr=stderr)
    try:
        address = "http://" + wait_for_line(server, log, r"listening.*address.*?=.*?(127\.0\.0\.1:\d+)")
        for path, status in (("/healthz", 200), ("/metrics", 200), ("/readyz", 503), ("/catalog", 503)):
            answer = fetch(address, path)
            assert answer.status == status, path
            assert status == 200 or answer.headers["retry-after"] == "1"
        replace_current(plate, current)
        with open(pipe, "w") as waiting:
            waiting.write(current)
        wait_for_line(server, log, "(map: )")
        assert fetch(address, "/readyz").status == fetch(address, "/catalog").status == 200
    finally:
        server.terminate()
        assert server.wait(timeout=10) == 0


def points_of(count):
    return json.dumps({"points": [[114.05, 22.552]] * count}).encode()


def send_part(address, body, part):
    """A request whose body has come as far as `part`."""
    parts = urlsplit(address)
    stream = socket.create_connection((parts.hostname, parts.port), timeout=30)
    head = f"POST /api/locate HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Length: {len(body)}\r\n\r\n"
    stream.sendall(head.encode() + body[:part])
    return stream


def read_answer(stream):
    answer = http.client.HTTPResponse(stream)
    answer.begin()
    return answer.status, answer.read(), answer.getheader("connection")


def test_sigterm_finishes_what_runs_and_takes_nothing_new(run_server, town, tmp_path):
    with run_server(town, tmp_path / "server.log") as server:
        body = points_of(2000)
        with closing(send_part(server.address, body, 1000)) as running, connect(server.address) as idle:
            assert ask(idle, "/healthz").status == 200
            server.process.send_signal(signal.SIGTERM)
            wait_for_line(server.process, server.log, "(told to stop)")
            time.sleep(0.5)
            with pytest.raises(OSError):
                fetch(server.address, "/healthz")
            assert server.process.poll() is None, "a request still runs"
            running.sendall(body[1000:])
            status, answer, connection = read_answer(running)
            assert (status, len(json.loads(answer)["codes"]), connection) == (200, 2000, "close")
        assert server.process.wait(timeout=10) == 0


def test_what_does_not_end_is_cut_off_after_the_drain_time(run_server, town, tmp_path):
    config = configured(tmp_path, drain_seconds=1)
    with run_server(town, tmp_path / "server.log", "--config", config) as server:
        with closing(send_part(server.address, points_of(2000), 1000)):
            time.sleep(0.2)
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(timeout=10) == 0


def test_a_server_that_stops_says_so_first(run_server, town, tmp_path):
    config = configured(tmp_path, unready_seconds=3)
    with run_server(town, tmp_path / "server.log", "--config", config) as server:
        assert fetch(server.address, "/readyz").status == 200
        server.process.send_signal(signal.SIGTERM)
        wait_for_line(server.process, server.log, "(told to stop)")
        assert fetch(server.address, "/readyz").status == 503
        assert fetch(server.address, f"/api/locate?{MIDDLE}").status == 200
        assert server.process.wait(timeout=15) == 0


# Limits


def configured(folder, **limits):
    path = folder / "server.toml"
    path.write_text("[limits]\n" + "".join(f"{key} = {value}\n" for key, value in limits.items()))
    return path


def test_a_client_that_sends_a_byte_now_and_then_is_dropped(run_server, town, tmp_path):
    config = configured(tmp_path, header_seconds=1, body_seconds=1)
    with run_server(town, tmp_path / "server.log", "--config", config) as server:
        parts = urlsplit(server.address)
        with closing(socket.create_connection((parts.hostname, parts.port), timeout=30)) as stream:
            dropped = False
            for byte in b"GET /healthz HTTP/1.1\r\nX-Slow: " + b"x" * 40:
                try:
                    stream.sendall(bytes([byte]))
                    stream.settimeout(0.3)
                    dropped = not stream.recv(1000)
                except TimeoutError:
                    continue
                except OSError:
                    dropped = True
                if dropped:
                    break
            assert dropped, "a head that took ten seconds to come was waited for"
        with closing(send_part(server.address, points_of(100), 50)) as stream:
            assert read_answer(stream)[0] == 408
        with closing(socket.create_connection((parts.hostname, parts.port), timeout=10)) as silent:
            assert silent.recv(1000) == b"", "a client that says nothing is dropped"
        assert fetch(server.address, "/healthz").status == 200


@pytest.mark.parametrize(("patience", "dropped"), [(1, True), (30, False)])
def test_a_client_that_takes_nothing_is_dropped(run_server, town, tmp_path, patience, dropped):
    """Answers of some 30 MB are asked for in one go, more than the system keeps for a client, and left alone for a while."""
    config = configured(tmp_path, write_seconds=patience)
    with run_server(town, tmp_path / "server.log", "--config", config) as server:
        parts, asked = urlsplit(server.address), 1500
        request = f"GET /style.json HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
        taken = 0
        with closing(socket.socket()) as stream:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stream.settimeout(3)
            stream.connect((parts.hostname, parts.port))
            stream.sendall(request * asked)
            time.sleep(3)
            try:
                while chunk := stream.recv(1 << 20):
                    taken += len(chunk)
            except OSError:
                pass
        whole = asked * len(fetch(server.address, "/style.json").body)
        assert (taken < whole) == dropped, f"{taken} of {whole} bytes"


def test_settings_that_cannot_be_are_refused_with_the_file_the_key_and_the_cure(run_server, town, tmp_path):
    program = run_server.args[0]
    for text, words in (("[limits]\ntexts = 0\n", "texts = 0: a number from 1"), ("[limit]\n", "unknown field `limit`")):
        config = tmp_path / "wrong.toml"
        config.write_text(text)
        done = subprocess.run(
            [program, town, "--listen", "127.0.0.1:0", "--config", config], capture_output=True, text=True, timeout=20
        )
        assert done.returncode == 1 and str(config) in done.stderr and words in done.stderr, done.stderr


# Watching


def parsed_metrics(address):
    text = fetch(address, "/metrics").body.decode()
    return {family.name: family.samples for family in text_string_to_metric_families(text)}


def test_prometheus_reads_the_metrics(run_server, town, tmp_path):
    with run_server(town, tmp_path / "server.log") as server:
        paths = tile_paths([14])
        for path in paths * 2:
            fetch(server.address, path, Accept_Encoding="gzip")
        fetch(server.address, "/api/entities/none")
        found = parsed_metrics(server.address)
        requests = {(s.labels["route"], s.labels["status"]): s.value for s in found["baseplate_requests"]}
        assert requests["/api/entities/{code}", "404"] == 1
        tiles = sum(n for (route, _), n in requests.items() if route.endswith("{file}") and "{z}" in route)
        assert tiles == 2 * len(paths)
        assert found["baseplate_cache_hits"][0].value == len(paths)
        assert found["baseplate_tiles_made"][0].value == len(paths)
        assert found["baseplate_generation"][0].value == 1
        for name in ("baseplate_request_seconds", "baseplate_tile_bytes"):
            buckets = [s for s in found[name] if s.name.endswith("_bucket")]
            counts = [s for s in found[name] if s.name.endswith("_count")]
            ends = {tuple(sorted(s.labels.items())): s.value for s in buckets if s.labels["le"] == "+Inf"}
            assert len(ends) == len(counts) > 0
            for count in counts:
                assert ends[tuple(sorted({**count.labels, "le": "+Inf"}.items()))] == count.value


def test_the_log_has_ids_and_routes_and_no_addresses(run_server, town, tmp_path):
    log = tmp_path / "server.log"
    with run_server(town, log, "--log-format", "json", env={"RUST_LOG": "debug,hyper=off"}) as server:
        fetch(server.address, "/api/geocode?q=secretstreet", X_Request_Id="mine-1")
        fetch(server.address, "/api/entities/secretcode", X_Request_Id="mine-2")
    lines = [line for line in log.read_text().splitlines() if not line.startswith("map: ")]
    entries = {e["id"]: e for e in map(json.loads, lines) if "id" in e}
    assert entries["mine-1"]["level"] == "DEBUG" and entries["mine-1"]["status"] == 200
    assert (entries["mine-2"]["level"], entries["mine-2"]["route"]) == ("INFO", "/api/entities/{code}")
    assert "secret" not in log.read_text()
