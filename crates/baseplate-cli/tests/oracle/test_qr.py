"""QR codes against an independent decoder (ZXing-C++): as they are printed, and with a part of them covered."""

import csv
import random
import re

import numpy as np
import zxingcpp
from PIL import Image

PUBLIC_URL = "https://map.example.cn/city"
# Modules of white around the symbol, and those of a finder pattern with its border and the format beside it.
QUIET, FINDER = 4, 9
CODES = 200
COVERED = 0.15


def decoded(pixels):
    found = zxingcpp.read_barcodes(pixels, formats=zxingcpp.BarcodeFormat.QRCode)
    return found[0].text if len(found) == 1 else None


def written(cli, plate, out, layer, *options):
    cli.run("qr", plate, "--layer", layer, "--public-url", PUBLIC_URL, "--out", out, *options)
    with open(out / "index.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def pixels_of(path):
    image = Image.open(path)
    assert image.size == (472, 472), "40 mm at 300 pixels to the inch"
    assert round(image.info["dpi"][0]) == 300
    return np.array(image.convert("L"))


def covered(pixels, generator, shade):
    """The symbol with a rectangle over 15 % of its area, the white around it not counted, that leaves the three finder patterns free."""
    dark = np.argwhere(pixels < 128)
    top, left = dark.min(axis=0)
    side = dark[:, 1].max() + 1 - left
    # The first finder pattern is seven modules wide.
    run = int(np.argmin(pixels[top, left:] < 128))
    module = run // 7
    modules = side // module
    free = FINDER * module
    while True:
        width = generator.uniform(0.3, 0.5) * side
        height = COVERED * side * side / width
        x = generator.uniform(0, side - width)
        y = generator.uniform(0, side - height)
        corners = [(0, 0), (side - free, 0), (0, side - free)]
        if not any(x < cx + free and x + width > cx and y < cy + free and y + height > cy for cx, cy in corners):
            break
    result = pixels.copy()
    result[top + int(y) : top + int(y + height), left + int(x) : left + int(x + width)] = shade
    assert np.all(result[:top] == 255) and modules >= 21
    return result


def test_pictures_are_decoded_as_they_are_and_covered(cli, town, tmp_path):
    rows = written(cli, town, tmp_path / "qr", "buildings", "--format", "png")
    assert len({row["file"] for row in rows}) == len(rows)
    assert all(row["url"] == f"{PUBLIC_URL}/c/{row['code']}" for row in rows)
    generator = random.Random(20261128)
    failed = []
    for row in generator.sample(rows, CODES):
        pixels = pixels_of(tmp_path / "qr" / row["file"])
        assert decoded(pixels) == row["url"]
        shade = generator.choice([0, 128, 255])
        if decoded(covered(pixels, generator, shade)) != row["url"]:
            failed.append((row["code"], shade))
    assert not failed, f"{len(failed)} of {CODES}: {failed[:5]}"
