#!/usr/bin/env python3
"""What the two programs are made of: a CycloneDX SBOM, and the licence texts that go with the programs.

    inventory.py --sbom FILE --licences FILE

Crates are those that `cargo tree` says are linked for Linux, packages of the page are those of its lock file that are not for
building alone. It ends with an error if one of them has no licence, or no checksum that its registry could be held to.
"""

import argparse
import base64
import datetime
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PROGRAMS = ["-p", "baseplate-cli", "-p", "tile-server", "-F", "baseplate-cli/proj"]
TARGET = "x86_64-unknown-linux-gnu"
LICENCE_FILE = re.compile(r"(licen[sc]e|copying|unlicense|copyright|notice)([-._].*)?", re.IGNORECASE)
NO_TEXT = {".rs", ".py", ".toml", ".json", ".html"}
# Linked into the programs by the compilers.
RUNTIMES = [
    ("rust-std", "MIT OR Apache-2.0", "the standard library of Rust"),
    ("llvm-libcxx", "Apache-2.0 WITH LLVM-exception", "libc++, libc++abi and libunwind of LLVM"),
]


def cargo(*arguments):
    """What cargo says, in the workspace."""
    return subprocess.run(["cargo", *arguments], cwd=ROOT, check=True, text=True, capture_output=True).stdout


def linked():
    """The linked crates as (name, version), each with those that it needs."""
    tree = cargo("tree", "--locked", "-e", "normal,no-proc-macro", "--target", TARGET, *PROGRAMS,
                 "--prefix", "depth", "--format", "|{p}")
    needs, path = {}, []
    for line in filter(None, tree.splitlines()):
        depth, package = line.split("|", 1)
        name, version = package.split()[:2]
        crate = (name, version.removeprefix("v"))
        del path[int(depth):]
        needs.setdefault(crate, set())
        if path:
            needs[path[-1]].add(crate)
        path.append(crate)
    return needs


def crates():
    """What cargo knows of every crate of the lock file, by name and version, and the checksums of the registry."""
    packages = json.loads(cargo("metadata", "--locked", "--all-features", "--format-version", "1"))["packages"]
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]
    sums = {(package["name"], package["version"]): package.get("checksum") for package in lock}
    return {(package["name"], package["version"]): package for package in packages}, sums


def page_packages():
    """The packages that the page is made of, from its lock file."""
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    for path, package in sorted(lock.items()):
        if path and not package.get("dev") and not package.get("devOptional"):
            yield path.rpartition("node_modules/")[2], package


def crate_ref(crate):
    """The package URL of a crate."""
    return f"pkg:cargo/{crate[0]}@{crate[1].replace('+', '%2B')}"


def component(ref, name, version, licence, checksum=None):
    """A component of the SBOM; what has a checksum came from a registry."""
    made = {"type": "library", "bom-ref": ref, "name": name, "version": version, "purl": ref,
            "licenses": [{"expression": licence.replace("/", " OR ") if " " not in licence else licence}]}
    if checksum:
        made["hashes"] = [{"alg": checksum[0], "content": checksum[1]}]
    return made


def crate_components(needs, packages, sums):
    """The linked crates; those of the workspace have no checksum."""
    for crate in sorted(needs):
        package = packages[crate]
        licence, checksum = package["license"], sums[crate]
        if not licence or (package["source"] and not checksum):
            sys.exit(f"{crate[0]} {crate[1]} has no licence, or no checksum")
        yield component(crate_ref(crate), *crate, licence, checksum and ("SHA-256", checksum))


def page_components():
    """The packages of the page."""
    for name, package in page_packages():
        algorithm, _, encoded = package.get("integrity", "").partition("-")
        if algorithm != "sha512" or "license" not in package:
            sys.exit(f"{name} {package['version']} has no licence, or no checksum")
        ref = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
        yield component(ref, name, package["version"], package["license"],
                        ("SHA-512", base64.b64decode(encoded).hex()))


def runtime_components():
    """What compilers link in."""
    rustc = subprocess.run(["rustc", "--version"], cwd=ROOT, check=True, text=True, capture_output=True).stdout.split()[1]
    for name, licence, _ in RUNTIMES:
        version = rustc if name == "rust-std" else "as of the linker"
        yield {"type": "library", "bom-ref": name, "name": name, "version": version, "licenses": [{"expression": licence}]}


def sbom(needs, packages, sums):
    """The SBOM; it is dated by SOURCE_DATE_EPOCH, so that it is the same twice."""
    date = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), datetime.timezone.utc)
    version = packages[next(crate for crate in needs if crate[0] == "tile-server")]["version"]
    programs = [crate_ref(crate) for crate in sorted(needs) if crate[0] in ("baseplate-cli", "tile-server")]
    graph = [{"ref": crate_ref(crate), "dependsOn": sorted(map(crate_ref, needs[crate]))} for crate in sorted(needs)]
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"timestamp": date.strftime("%Y-%m-%dT%H:%M:%SZ"),
                     "component": {"type": "application", "bom-ref": "baseplate", "name": "baseplate", "version": version,
                                   "licenses": [{"expression": "Apache-2.0 OR MIT"}]}},
        "components": [*crate_components(needs, packages, sums), *page_components(), *runtime_components()],
        "dependencies": [{"ref": "baseplate", "dependsOn": programs}, *graph],
    }


def texts(folder):
    """The licence texts of a crate, those of C libraries within it too, packed or not."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and LICENCE_FILE.fullmatch(path.name) and path.suffix not in NO_TEXT:
            yield path.read_text(errors="replace")
        elif path.name.endswith(".tar.gz"):
            with tarfile.open(path) as archive:
                for member in archive:
                    if member.isfile() and re.fullmatch(r"[^/]+/(COPYING|LICENSE)", member.name):
                        yield archive.extractfile(member).read().decode(errors="replace")


def sources(needs, packages):
    """What is not our own: its name and version, its licence, and the folder where it lies."""
    for crate in sorted(needs):
        package = packages[crate]
        if package["source"]:
            yield f"{crate[0]} {crate[1]}", package["license"], Path(package["manifest_path"]).parent
    for name, package in page_packages():
        yield f"{name} {package['version']} (page)", package["license"], ROOT / "web" / "node_modules" / name


def licences(needs, packages):
    """Everything with its licence, then each text once, under what it came with."""
    listed, by_text = [], {}
    for name, licence, folder in sources(needs, packages):
        listed.append(f"{name}: {licence}")
        for text in texts(folder):
            trimmed = "\n".join(line.rstrip() for line in text.strip().splitlines())
            by_text.setdefault(trimmed, {})[name] = True
    listed += [f"{what}: {licence}" for _, licence, what in RUNTIMES]
    parts = ["What is linked into baseplate and tile-server, and its licences.\n\n" + "\n".join(listed)]
    parts += [f"{', '.join(names)}\n\n{text}" for text, names in by_text.items()]
    return f"\n\n{'=' * 80}\n\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sbom", type=Path, required=True)
    parser.add_argument("--licences", type=Path, required=True)
    arguments = parser.parse_args()
    needs, (packages, sums) = linked(), crates()
    made = sbom(needs, packages, sums)
    arguments.sbom.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n")
    arguments.licences.write_text(licences(needs, packages))
    print(f"{len(made['components'])} components, all with a licence")


if __name__ == "__main__":
    main()
