"""Oracle: a list of what was published, kept by whoever publishes; publishers, servers and readers are killed at random.

If a test here fails, a service that follows the plate misses a layer that changed, and nobody notices.
"""

import json
import random
import shutil
import threading
import time
import urllib.error
import urllib.request

import pytest

from plates import generation

# So many times something else is said of a layer; of these commands about half are killed on their way.
PUBLICATIONS = 80
# A server lives for so many seconds at most, and a reader for so many events.
SERVER_LIVES = 2.5
READER_LIVES = 6


@pytest.fixture
def plate(cli, town, town_source, tmp_path):
    """The town with one layer of its own."""
    plate = shutil.copytree(town, tmp_path / "town.plate")
    lines = (town_source / "addresses.csv").read_text(encoding="utf-8").splitlines()[1:40]
    notes = tmp_path / "notes.csv"
    notes.write_text("address\n" + "".join(line.split(",")[0] + "\n" for line in lines), encoding="utf-8")
    cli.run("layer", "add", plate, notes, "--audience", "public", "--yes")
    return plate


def publish(cli, plate, chance):
    """Says something else of the layer so often, and kills every other command; gives the generations that were published, in order."""
    published = []
    for number in range(PUBLICATIONS):
        command = cli.start("layer", "set", plate, "notes", "--keeper", f"keeper {number}")
        if chance.random() < 0.5:
            time.sleep(chance.uniform(0, 0.25))
            command.kill()
        command.wait()
        if not published or published[-1] != int(generation(plate).name):
            published.append(int(generation(plate).name))
    return published


class Reader(threading.Thread):
    """Listens to events, and writes the cursor down after each; after some it is killed, which may be before it has written."""

    def __init__(self, cursor, first, chance):
        super().__init__()
        self.cursor, self.chance, self.heard, self.address, self.is_over = cursor, chance, [], None, False
        cursor.write_text(str(first))

    def live(self):
        request = urllib.request.Request(f"{self.address}/api/changes", headers={"Accept": "text/event-stream"})
        request.add_header("Last-Event-ID", self.cursor.read_text())
        with urllib.request.urlopen(request, timeout=3) as events:
            for _ in range(self.chance.randint(1, READER_LIVES)):
                while not (line := events.readline()).startswith(b"data: "):
                    if not line:
                        return
                entry = json.loads(line.removeprefix(b"data: "))
                self.heard.append((entry["after"], entry["cursor"]))
                if self.chance.random() < 0.8:
                    self.cursor.write_text(str(entry["cursor"]))

    def run(self):
        while not self.is_over:
            try:
                self.live()
            except (OSError, ValueError, AttributeError):
                # The server is gone, or not there yet.
                time.sleep(0.02)


def test_nothing_is_lost_when_everybody_is_killed(cli, run_server, plate, tmp_path):
    chance = random.Random(3)
    first = int(generation(plate).name)
    reader = Reader(tmp_path / "cursor", first, random.Random(5))
    reader.start()
    done = []
    publisher = threading.Thread(target=lambda: done.append(publish(cli, plate, chance)))
    publisher.start()
    lives = random.Random(7)
    try:
        while publisher.is_alive() or reader.cursor.read_text() != str(int(generation(plate).name)):
            with run_server(plate, tmp_path / "log") as server:
                reader.address = server.address
                time.sleep(lives.uniform(0.2, SERVER_LIVES))
                server.process.kill()
    finally:
        reader.is_over = True
        reader.join()
        publisher.join()
    last = first
    for after, cursor in reader.heard:
        assert after <= last, f"{cursor} came after {after}, and nobody was told of {after}"
        last = max(last, cursor)
    heard = {cursor for _, cursor in reader.heard}
    with run_server(plate, tmp_path / "log") as server:
        with urllib.request.urlopen(f"{server.address}/api/changes?since={first}&limit=1000") as answer:
            kept = json.load(answer)["changes"]
    cursors = [entry["cursor"] for entry in kept]
    assert [entry["after"] for entry in kept] == [first, *cursors[:-1]], "each took the place of the one before"
    assert heard == set(cursors) and set(done[0]) - {first} == set(cursors)
    assert len(cursors) > PUBLICATIONS / 3
