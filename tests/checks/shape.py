#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The form of the sources that clang-format does not see: sizes, headers, and what the build names."""
import glob
import os
import re
import subprocess
import sys

ROOT = os.environ.get("G_TEST_SRCDIR", ".")
FOLDERS = ("agent", "connectors", "reconcile", "tests")
FILE_LINES, FUNCTION_LINES, COLUMNS = 600, 70, 100
NOT_OURS = r"typedef|[A-Z][A-Z0-9_]*\b"
SPDX = "/* SPDX-License-Identifier: GPL-2.0-or-later */"


def spdx_first(path, lines):
    if not lines or lines[0] != SPDX:
        yield 1, f"the first line is not {SPDX}"


def file_short(path, lines):
    if len(lines) > FILE_LINES:
        yield len(lines), f"{len(lines)} lines, {FILE_LINES} are allowed: find the second noun in it"


def lines_narrow(path, lines):
    """clang-format narrows code. It leaves comments alone, and strings, which are kept whole to be found."""
    for number, line in enumerate(lines, 1):
        width = len(line.expandtabs(8))
        if width > COLUMNS and ('"' not in line or re.match(r"\s*(/?\*|//)", line)):
            yield number, f"{width} columns, {COLUMNS} are allowed"


def functions_short(path, lines):
    begin = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            begin = number
        elif line == "}" and begin:
            if number - begin - 1 > FUNCTION_LINES:
                yield begin, f"a function of {number - begin - 1} lines, {FUNCTION_LINES} are allowed"
            begin = None


def prototypes_documented(path, lines):
    """A declaration starts in column 0; a comment right above tells about it, and about those that
    follow it without a blank line."""
    if not path.endswith(".h") or path.startswith("tests/"):
        return
    number, depth, told_until = 0, 0, -1
    while number < len(lines):
        start, line = number, lines[number]
        number += 1
        is_declaration = depth == 0 and re.match(r"[A-Za-z_]", line) and not re.match(NOT_OURS, line)
        statement = line
        while is_declaration and not re.search(r"[;{]", statement) and number < len(lines):
            statement += " " + lines[number].strip()
            number += 1
        code = re.sub(r"/\*.*?\*/|\"(\\.|[^\"])*\"", "", statement)
        depth = max(0, depth + code.count("{") - code.count("}"))
        head = code.split("{")[0]
        if not is_declaration or not re.search(r"\w\s*\(", head) or head.startswith("extern \"C\""):
            continue
        if "{" in code and not head.startswith("static"):
            continue
        if start == told_until or (start and lines[start - 1].rstrip().endswith("*/")):
            told_until = number
        else:
            yield start + 1, "a prototype without a comment right above it"


CHECKS = (spdx_first, file_short, lines_narrow, functions_short, prototypes_documented)


def sources():
    for folder in FOLDERS:
        for path in glob.glob(f"{ROOT}/{folder}/**/*.[ch]", recursive=True):
            yield os.path.relpath(path, ROOT)


def words_of_the_build():
    words = {".gitignore", "Makefile.am", "configure.ac"}
    for path in [f"{ROOT}/Makefile.am", *glob.glob(f"{ROOT}/**/Makefile.inc", recursive=True)]:
        words.add(os.path.relpath(path, ROOT))
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"^\s*#.*", "", file.read(), flags=re.M)
            words.update(text.replace("$(top_srcdir)/", "").split())
    return words


def is_named(path, words):
    """By itself, as a program of one source, or with a whole folder."""
    parts = path.split("/")
    folders = {"/".join(parts[:depth]) for depth in range(1, len(parts))}
    return path in words or os.path.splitext(path)[0] in words or bool(folders & words)


def files_named_by_the_build():
    """A file that no fragment names is neither built, nor run, nor released."""
    paths = set(sources())
    if os.path.exists(f"{ROOT}/.git"):
        listed = subprocess.run(["git", "-C", ROOT, "-c", f"safe.directory={os.path.abspath(ROOT)}", "ls-files"],
                                check=True, capture_output=True, text=True)
        paths.update(path for path in listed.stdout.splitlines() if os.path.exists(f"{ROOT}/{path}"))
    words = words_of_the_build()
    for path in sorted(paths):
        if not is_named(path, words):
            yield f"{path}: no Makefile.inc names it"


def complaints(check):
    for path in sorted(sources()):
        with open(f"{ROOT}/{path}", encoding="utf-8") as file:
            lines = file.read().split("\n")[:-1]
        for number, text in check(path, lines):
            yield f"{path}:{number}: {text}"


OFFENDERS = (
    (spdx_first, "a.c", ["int x;"]),
    (file_short, "a.c", [""] * 601),
    (lines_narrow, "a.c", ["\t" + "x" * 93]),
    (lines_narrow, "a.c", ['/* "' + "x" * 98 + '" */']),
    (functions_short, "a.c", ["int f(void)", "{", *["\tg();"] * 71, "}"]),
    (prototypes_documented, "a/a.h", ["/* Told. */", "int f(void);", "", "int g(void);"]),
    (prototypes_documented, "a/a.h", ["/* Told. */", "int a;", "int g(void);"]),
    (prototypes_documented, "a/a.h", ["struct x {", "\tint a;", "};", "", "const char *", "f(int a,", "  int b);"]),
    (prototypes_documented, "a/a.h", ["enum x { A };", "static inline int f(void)", "{", "\treturn 0;", "}"]),
)
INNOCENTS = (
    (file_short, "a.c", [""] * 600),
    (lines_narrow, "a.c", ['\tf("' + "x" * 98 + '");']),
    (functions_short, "a.c", ["int f(void)", "{", *["\tg();"] * 70, "}"]),
    (prototypes_documented, "a/a.h", ["/* Told. */", "int f(int a,", "      int b);", "int g(void);", "", "#define X(a) f(a, 1)"]),
    (prototypes_documented, "a/a.h", ["struct x {", "\tbool (*step)(struct call *);", "};", "extern const int y;"]),
    (prototypes_documented, "a/a.h", ["G_DEFINE_AUTOPTR_CLEANUP_FUNC(struct x, x_free)"]),
)


def main():
    results = [(check.__name__.replace("_", " "), list(complaints(check))) for check in CHECKS]
    results.append(("files named by the build", list(files_named_by_the_build())))
    for check, path, lines in OFFENDERS:
        results.append((f"an offender is seen by {check.__name__}", [] if list(check(path, lines)) else ["not seen"]))
    for check, path, lines in INNOCENTS:
        results.append((f"an innocent passes {check.__name__}", list(check(path, lines))))
    for number, (name, problems) in enumerate(results, 1):
        for problem in problems:
            print(f"# {problem}")
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
    print(f"1..{len(results)}")
    return 1 if any(problems for _, problems in results) else 0


sys.exit(main())
