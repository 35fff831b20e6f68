#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""wrap.py FILE...: moves what a comment has past column 100 to its next line. clang-format is told to
leave comments alone, as it would fill tables and lists in them."""
import re
import sys

COLUMNS = 100


def width(line):
    return len(line.expandtabs(8))


def wrap(lines):
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        lead = re.match(r"(\t*)(/\*| \*) ", line)
        if width(line) <= COLUMNS or not lead:
            continue
        is_last = line.endswith(" */")
        kept, moved = line[:-3] if is_last else line, []
        while (width(kept) > COLUMNS or not moved) and kept.count(" ") > 2:
            kept, word = kept.rsplit(" ", 1)
            moved.insert(0, word)
        if not re.search(r"\w", " ".join(moved)):
            continue
        begin = lead.group(1) + " * "
        lines[at - 1] = kept
        if is_last:
            lines.insert(at, begin + " ".join(moved) + " */")
        elif lines[at].startswith(begin):
            lines[at] = begin + " ".join(moved) + " " + lines[at][len(begin):]
        else:
            lines.insert(at, begin + " ".join(moved))
    return lines


for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        before = file.read()
    after = "\n".join(wrap(before.split("\n")))
    if after != before:
        with open(path, "w", encoding="utf-8") as file:
            file.write(after)
