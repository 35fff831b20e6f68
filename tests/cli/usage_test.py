#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Help, usage errors and what is made from the rows of commands: manual and completion."""
import os
import re
import shutil
import subprocess

from muster import BUILD, MUSTER, TREE, Skip, environment, expect, main, run

LATER = ["why", "approve", "pause", "resume", "clouds", "catalog", "discover", "adopt"]


def commands():
    return re.findall(r"^  ([a-z]+) ", run("--help").out, flags=re.M)


def options(command):
    return re.findall(r"^  .*?--([a-z-]+)", run(command, "--help").out.split("Options:")[1], flags=re.M)


def check_help():
    expect(run("--help"), 0, ["usage: muster COMMAND", "validate", "version"])
    expect(run(), 2, err="usage: muster COMMAND")
    assert not set(LATER) & set(commands())


def check_help_of_each_command():
    for command in commands():
        result = expect(run(command, "--help"), 0, [f"usage: muster {command}", "--help"])
        assert result.err == ""
        assert max(len(line) for line in result.out.splitlines()) <= 80, result.out
        assert run(command, "--no-such-thing", "--help").code == 0
        assert run("help", command).out == result.out


def check_every_command_takes_output():
    for command in commands():
        assert "output" in options(command), command
        expect(run(command, "--output", "yaml"), 2, err="takes one of text|json")
    assert "complete -F" in run("completion", "bash", "-o", "json").json()["script"]


def check_unknown_words():
    expect(run("statsu"), 2, err='muster: unknown command "statsu"; did you mean "status"?\n')
    expect(run("xyzzy"), 2, err='muster: unknown command "xyzzy" (see muster --help)\n')
    expect(run("--versoin"), 2, err='unknown option "--versoin"')
    expect(run("status", "--wach"), 2, err='unknown option "--wach"; did you mean "--watch"?')
    for command in commands():
        result = expect(run(command, "--frobnicate"), 2, err='unknown option "--frobnicate"')
        assert result.out == "" and result.err.count("\n") == 1, result


def check_errors_are_one_clean_line():
    result = expect(run("status", "a\x1b[2J\nb", "c"), 2)
    assert result.err.count("\n") == 1 and "\x1b" not in result.err, result


def check_version():
    expect(run("version"), 0, "muster ")
    assert run("--version").out == run("version").out
    assert run("version", "--output", "json").json()["name"] == "muster"


def check_closed_output_is_a_failure():
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([MUSTER, "version"], stdout=full, stderr=subprocess.PIPE, text=True,
                              env=environment(), check=False)
    assert done.returncode == 1 and "cannot write" in done.stderr


def check_no_colour_but_on_a_terminal():
    assert "\x1b" not in run("--help").out + run("explain", "deployment").out


def check_schema():
    schema = run("schema").json()
    assert schema["$schema"].startswith("https://json-schema.org/draft/2020-12")


def check_explain():
    expect(run("explain"), 0, ["cloud", "deployment"])
    expect(run("explain", "deployment.spec.components.ready"), 0, ["tcp", "http", "within"])
    expect(run("explain", "deployment.spec.compnents"), 1, err='did you mean "components"?')
    assert "components" in run("explain", "deployment.spec", "-o", "json").json()["children"]


def check_manual_lists_every_option():
    with open(f"{BUILD}/agent/man/muster.1", encoding="utf-8") as file:
        manual = file.read()
    for command in commands():
        section = manual.split(f".SS {command}\n")[1].split("\n.S")[0]
        for option in options(command):
            assert "\\-\\-" + option.replace("-", "\\-") in section, (command, option)


def check_manuals_are_clean():
    if not shutil.which("mandoc"):
        raise Skip("mandoc is not installed")
    for page in ("muster.1", "muster.yaml.5"):
        done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", f"{BUILD}/agent/man/{page}"],
                              capture_output=True, text=True, check=False)
        assert done.stdout + done.stderr == "", done.stdout + done.stderr


def complete(*words):
    """What bash offers for the last of these words."""
    line = " ".join(words)
    script = f"""source <("$MUSTER" completion bash)
COMP_WORDS=({" ".join(f"'{w}'" for w in words)}) COMP_CWORD={len(words) - 1} COMP_LINE='{line}'
_muster 2>/dev/null
printf '%s\\n' "${{COMPREPLY[@]}}" """
    env = environment(MUSTER=MUSTER)
    env["PATH"] = os.path.dirname(os.path.abspath(MUSTER)) + ":" + env["PATH"]
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=env, check=True)
    return done.stdout.split()


def check_completion():
    if not shutil.which("bash"):
        raise Skip("bash is not installed")
    assert complete("muster", "stat") == ["status"]
    assert complete("muster", "status", "--wa") == ["--watch"]
    assert complete("muster", "status", "--output", "j") == ["json"]
    assert complete("muster", "validate", f"{TREE}/READM") == [f"{TREE}/README.md"]
    assert "deployment.spec" in complete("muster", "explain", "deployment.s")
    for command in commands():
        for option in options(command):
            assert f"--{option}" in complete("muster", command, f"--{option}"), (command, option)


main(globals())
