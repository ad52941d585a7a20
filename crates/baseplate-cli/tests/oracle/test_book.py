"""The books in docs/ and the READMEs: links lead somewhere, commands run, names are those of the programs.

A block of commands (`sh`, `console`) is run, in a folder of its document with a synthetic town, unless the line above says
`<!-- not run: REASON -->`. In `console` blocks lines that begin with `$ ` are commands; where output follows it is compared, and
`...` stands for any text.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from socket import socket
from urllib.parse import unquote
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[4]
DOCS = ROOT / "docs"
CHAPTERS = sorted(DOCS.rglob("*.md"))
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
DOCUMENTS = [*CHAPTERS, *READMES, *(ROOT / f"{name}.md" for name in ("ARCHITECTURE", "CONTRIBUTING", "CHANGELOG"))]
BOOK = [*CHAPTERS, *READMES]
TWINS = sorted(DOCS.glob("zh/*.md"))
BLOCK = re.compile(r"^(?:<!-- not run: (?P<reason>[^\n]+) -->\n)?```(?P<language>\S*)[^\n]*\n(?P<text>.*?)^```$", re.M | re.S)
RUN = {"sh", "console"}
LANGUAGES = RUN | {"text", "toml", "rust", "python", "html", "nginx", "caddy", "yaml"}
# What a document finds in its folder, unless its own commands say this; a plate is of use only with its key.
MADE_BY = {"town": "synth --out town", "city.key": "> city.key", "city.plate": "> city.key"}
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
METRIC = re.compile(r"\bbaseplate_[a-z_]+")


def name_of(path):
    return str(path.relative_to(ROOT))


documents = pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)


def read(path):
    return path.read_text(encoding="utf-8")


def prose(path):
    """A document without its blocks and spans of code."""
    return re.sub(r"`[^`\n]*`", "", BLOCK.sub("", read(path)))


def anchors(path):
    """The anchors of a document's headings, as forges and mdBook make them."""
    seen, found = Counter(), set()
    for heading in re.findall(r"^#{1,6} (.+)$", BLOCK.sub("", read(path)), re.M):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip())
        slug = "".join("-" if c == " " else c for c in text.lower() if c.isalnum() or c in "_- ")
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


@documents
def test_links_lead_somewhere(path):
    wrong = []
    for target in LINK.findall(prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / unquote(file)).resolve() if file else path
        if not there.exists() or (anchor and there.suffix == ".md" and unquote(anchor) not in anchors(there)):
            wrong.append(target)
        elif DOCS in path.parents and DOCS not in there.parents:
            wrong.append(f"{target}: a page of the book cannot lead out of it")
    assert wrong == []


@pytest.mark.parametrize("book", [DOCS, DOCS / "zh"], ids=name_of)
def test_every_chapter_stands_in_the_summary_once(book):
    listed = LINK.findall(read(book / "SUMMARY.md"))
    assert sorted(listed) == sorted(p.name for p in book.glob("*.md") if p.name != "SUMMARY.md")


@pytest.mark.parametrize("path", READMES, ids=name_of)
def test_readmes_are_short(path):
    assert len(read(path).splitlines()) <= 120


@pytest.mark.parametrize("path", BOOK, ids=name_of)
def test_blocks_say_what_they_are(path):
    assert read(path).count("\n```") == 2 * len(list(BLOCK.finditer(read(path)))), "fences in pairs"
    assert {m["language"] for m in BLOCK.finditer(read(path))} <= LANGUAGES


@pytest.fixture(scope="module")
def start(cli, tmp_path_factory):
    """The folder that the commands of a document begin with, its plate built once."""
    folder = tmp_path_factory.mktemp("book")
    cli.run("synth", "--out", folder / "town", "--scale", "town", "--seed", "1")
    (folder / "city.key").write_text("YVRhnEPqdvVxCYcTSDPPGKIqUyHhkfHD1HjkiLvXuUI=\n")
    (folder / "city.key").chmod(0o600)
    key = {k: v for k, v in os.environ.items() if k != "BASEPLATE_KEY"}
    done = [cli.program, "build", "town/spec.toml", "--out", "city.plate", "--key-file", "city.key"]
    subprocess.run(done, cwd=folder, env=key, check=True, capture_output=True)
    return folder


def free_port():
    with socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


# Starts a server aside, in place of the one that the commands of this document started before; returns when its plate is open.
SERVE_ASIDE = """#!/usr/bin/env bash
case "$*" in *--help* | *--version*) exec "$TILE_SERVER_PROGRAM" "$@" ;; esac
[ ! -e "$SERVER_PID" ] || { kill "$(cat "$SERVER_PID")" && sleep 0.3; }
"$TILE_SERVER_PROGRAM" "$@" >/dev/null 2>"$SERVER_PID.log" &
echo $! >"$SERVER_PID"
for _ in $(seq 100); do
  ! grep -q '^map:' "$SERVER_PID.log" || exit 0
  sleep 0.1
done
cat "$SERVER_PID.log" >&2
exit 1
"""


class Shell:
    """Runs blocks of commands in the folder of a document, with both programs on the path."""

    def __init__(self, folder, programs):
        self.folder, self.port, self.pid = folder, free_port(), folder.parent / "server.pid"
        (programs / "baseplate").symlink_to(os.environ["BASEPLATE"])
        (programs / "tile-server").write_text(SERVE_ASIDE)
        (programs / "tile-server").chmod(0o755)
        self.env = {k: v for k, v in os.environ.items() if k != "BASEPLATE_KEY"}
        self.env |= {"PATH": f"{programs}:{os.environ['PATH']}", "SERVER_PID": str(self.pid)}
        self.env |= {"TILE_SERVER_PROGRAM": os.environ["TILE_SERVER"], "LC_ALL": "C.UTF-8"}

    def run(self, commands):
        commands = commands.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")
        out = self.folder.parent / "out"
        with open(out, "wb") as file:  # not a pipe, which a server aside would keep open
            asked = ["bash", "-eu", "-o", "pipefail", "-c", commands]
            done = subprocess.run(asked, cwd=self.folder, env=self.env, stdout=file, stderr=subprocess.STDOUT, timeout=60)
        said = out.read_text(encoding="utf-8", errors="replace")
        assert done.returncode == 0, f"{commands}\nexit {done.returncode}: {said}"
        return said

    def end(self):
        if self.pid.exists():
            os.kill(int(self.pid.read_text()), 15)


@pytest.fixture
def shell(start, tmp_path, request):
    text = read(request.getfixturevalue("path"))
    folder, programs = tmp_path / "folder", tmp_path / "bin"
    folder.mkdir()
    programs.mkdir()
    for name in (name for name, command in MADE_BY.items() if command not in text):
        copy = shutil.copytree if (start / name).is_dir() else shutil.copy2
        copy(start / name, folder / name)
    (folder / "points.csv").write_text("lng,lat\n114.05,22.552\n0,0\n")
    (folder / "hotline.csv").write_text("区,地址\n霁峰区,秋实路三号珠峰购物中心1座101\n", encoding="utf-8")
    if (folder / "town").is_dir():
        spec = read(start / "town" / "spec.toml").replace('path = "', 'path = "town/')
        (folder / "spec.toml").write_text(spec, encoding="utf-8")
    shell = Shell(folder, programs)
    yield shell
    shell.end()


def blocks_to_run(path):
    return [m for m in BLOCK.finditer(read(path)) if m["language"] in RUN and not m["reason"]]


def steps(block):
    """The commands of a block, each with the output that stands below it."""
    if block["language"] == "sh":
        return [(block["text"], "")]
    return re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block["text"], re.M)


@pytest.mark.parametrize("path", [p for p in BOOK if blocks_to_run(p)], ids=name_of)
def test_commands_run_and_say_what_stands_there(path, shell):
    for block in blocks_to_run(path):
        for command, expected in steps(block):
            said = shell.run(command)
            pattern = ".*".join(re.escape(part) for part in expected.strip().split("..."))
            assert not pattern or re.fullmatch(pattern, said.strip(), re.S), f"$ {command}\n{said}"


@pytest.mark.parametrize("path", [p for p in BOOK if "```python" in read(p)], ids=name_of)
def test_python_runs(path, start):
    for block in BLOCK.finditer(read(path)):
        if block["language"] == "python":
            subprocess.run([sys.executable, "-c", block["text"]], cwd=start, check=True, timeout=60)


@pytest.mark.parametrize("path", [p for p in BOOK if "```toml" in read(p)], ids=name_of)
def test_settings_are_taken(path, start, run_server, tmp_path):
    tables = {"limits", "network", "layers", "base_map", "list_natural_persons"}
    for block in BLOCK.finditer(read(path)):
        keys = tomllib.loads(block["text"]) if block["language"] == "toml" else {}
        is_spec = isinstance(keys.get("layers"), list)  # [[layers]] is of the spec, [layers.NAME] of the settings
        if tables & set(keys) and not is_spec:
            (tmp_path / "server.toml").write_text(block["text"], encoding="utf-8")
            with run_server(start / "city.plate", tmp_path / "log", "--config", tmp_path / "server.toml"):
                pass


@pytest.mark.parametrize(("book", "language"), [(DOCS, "en"), (DOCS / "zh", "zh")], ids=["en", "zh"])
def test_quality_has_every_rule_as_the_program_words_it(book, language, cli):
    printed = cli.run("check", "--rules", "--lang", language).stdout.splitlines()
    rules = sorted(tuple(re.split(r"\s{2,}", line)[i] for i in (0, 1, 2)) for line in printed if "  " in line)
    rows = re.findall(r"^\| `([a-z-]+)` \| (\S+) \| (.+?) \| .+\|$", read(book / "quality.md"), re.M)
    assert sorted(rows) == rules


@pytest.fixture(scope="module")
def metrics(start, run_server, tmp_path_factory):
    """The names of the metrics of a server that has answered something."""
    with run_server(start / "city.plate", tmp_path_factory.mktemp("metrics") / "log") as server:
        urlopen(f"{server.address}/healthz").read()
        text = urlopen(f"{server.address}/metrics").read().decode()
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))


def test_dashboard_and_alerts_ask_for_metrics_that_exist(metrics):
    dashboard = json.loads(read(DOCS / "grafana" / "baseplate.json"))
    asked = METRIC.findall(json.dumps(dashboard)) + METRIC.findall(read(DOCS / "grafana" / "alerts.yml"))
    histograms = {f"{name}_bucket" for name, kind in metrics.items() if kind == "histogram"}
    assert len(asked) > 20
    assert set(asked) - set(metrics) - histograms == set()


@pytest.mark.parametrize("path", [DOCS / "monitoring.md", DOCS / "zh" / "operating.md"], ids=name_of)
def test_every_metric_is_explained(path, metrics):
    named = set(METRIC.findall("\n".join(line for line in read(path).splitlines() if line.startswith("| `baseplate_"))))
    assert named == set(metrics)


@pytest.mark.parametrize("path", [DOCS / "monitoring.md", DOCS / "zh" / "operating.md"], ids=name_of)
def test_every_alert_is_explained(path):
    alerts = set(re.findall(r"- alert: (\w+)", read(DOCS / "grafana" / "alerts.yml")))
    assert set(re.findall(r"^\| `(Baseplate\w+)` ", read(path), re.M)) == alerts


def code_of(line):
    """A line of code without its comment, which is in the reader's language."""
    return re.sub(r"\s+(#|//)\s.*$|^# .*$", "", line).rstrip()


@pytest.mark.parametrize("path", [p for p in TWINS if (DOCS / p.name).exists()], ids=name_of)
def test_the_chinese_chapter_has_no_command_or_key_that_the_english_book_has_not(path):
    english = [DOCS / path.name, *({"operating.md": [*DOCS.glob("*.md")]}.get(path.name, []))]
    lines = {code_of(line) for file in english for m in BLOCK.finditer(read(file)) for line in m["text"].splitlines()}
    own = {code_of(line) for m in BLOCK.finditer(read(path)) if m["language"] != "text" for line in m["text"].splitlines()}
    assert own - lines == set()


def test_the_chinese_spec_has_every_key():
    keys = [re.findall(r"^(#+ `.*`|\| `\w+`.*?)(?= \||$)", read(book / "spec.md"), re.M) for book in (DOCS, DOCS / "zh")]
    english, chinese = ([re.sub(r"、|, ", ", ", key) for key in found] for found in keys)
    assert len(english) > 50
    assert chinese == english
