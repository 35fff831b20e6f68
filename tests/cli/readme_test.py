#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The manifests that README.md shows are good, and so is what it says of commands and files."""
import os
import re
import subprocess
import tempfile

TREE = os.environ["G_TEST_SRCDIR"]
MUSTER = os.environ["MUSTER"]


def validate(number, text):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "readme.yaml"), "w", encoding="utf-8") as file:
            file.write(text)
        done = subprocess.run([MUSTER, "validate", folder], capture_output=True, text=True,
                              check=False)
    for line in (done.stdout + done.stderr).splitlines():
        print("#", line)
    print("ok" if done.returncode == 0 else "not ok", number, "- a manifest of the README validates")


def commands(number, text):
    """Each `muster WORD` is a command."""
    listed = subprocess.run([MUSTER, "--help"], capture_output=True, text=True, check=True).stdout
    words = set(re.findall(r"^ {4}muster (\w+)", text, re.M)) | set(re.findall(r"`muster (\w+)", text))
    bad = [word for word in sorted(words) if not re.search(rf"^  {word} ", listed, re.M)]
    print("#", "not a command:" if bad else "commands:", *(bad or sorted(words)))
    print("not ok" if bad or not words else "ok", number, "- the commands of the README are there")


def files(number, text):
    """Each file of the tree that is named exists."""
    names = set(re.findall(r"\]\(([\w/.-]+)\)", text))
    names |= set(re.findall(r"(?:^ {4}|`)((?:examples|tests)/[\w/.-]+)", text, re.M))
    bad = [name for name in sorted(names) if not os.path.exists(os.path.join(TREE, name))]
    print("#", "not there:" if bad else "named:", *(bad or sorted(names)))
    print("not ok" if bad or not names else "ok", number, "- the files of the README are there")


with open(os.path.join(TREE, "README.md"), encoding="utf-8") as readme:
    README = readme.read()
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", README, re.M | re.S)
assert BLOCKS
for index, block in enumerate(BLOCKS, 1):
    validate(index, block)
commands(len(BLOCKS) + 1, README)
files(len(BLOCKS) + 2, README)
print(f"1..{len(BLOCKS) + 2}")
