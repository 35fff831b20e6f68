# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the command line share: running muster as a user would, and TAP."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

MUSTER = os.environ.get("MUSTER", "./muster")
TREE = os.environ.get("G_TEST_SRCDIR", ".")
BUILD = os.environ.get("G_TEST_BUILDDIR", ".")
DEADLINE_S = 60


class Skip(Exception):
    """A test that cannot run here, and why."""


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}--- stderr\n{self.err}"


def environment(**more):
    """Nothing of the developer's own may leak into a test."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("MUSTER_", "XDG_")) and k not in ("NO_COLOR", "JOURNAL_STREAM")}
    env.update(LC_ALL="C.UTF-8", TZ="UTC", **more)
    return {k: v for k, v in env.items() if v is not None}


def run(*args, env=None, cwd=None, before=(), timeout=DEADLINE_S, **options):
    done = subprocess.run([*before, MUSTER, *args], env=env or environment(), cwd=cwd, timeout=timeout,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **options)
    return Result(done.returncode, done.stdout, done.stderr)


@contextlib.contextmanager
def running(*args, **options):
    """A command that does not end by itself; it is ended with the test, however that ends."""
    with subprocess.Popen([MUSTER, *args], env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          text=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def expect(result, code, out=None, err=None):
    assert result.code == code, f"exit {code} was expected: {result!r}"
    for text in [out] if isinstance(out, str) else out or []:
        assert text in result.out, f"no {text!r} on stdout: {result!r}"
    for text in [err] if isinstance(err, str) else err or []:
        assert text in result.err, f"no {text!r} on stderr: {result!r}"
    return result


def until(what, predicate, seconds=DEADLINE_S):
    """The first true value of predicate; asked again and again, never slept for longer than a blink."""
    end = time.monotonic() + seconds
    while True:
        value = predicate()
        if value:
            return value
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)


def write(folder, files):
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".part", "w" if isinstance(text, str) else "wb") as file:
            file.write(text)
        os.rename(path + ".part", path)


CLOUD = """apiVersion: muster/v1
kind: Cloud
metadata: { name: lab }
spec:
  connector: sim
  settings: { bootTime: 100ms, stopTime: 50ms, deleteTime: 50ms, latency: 1ms }
"""

SHOP = """apiVersion: muster/v1
kind: Deployment
metadata: { name: shop }
spec:
  cloud: lab
  components:
    db: { image: debian-12, size: small }
    web:
      count: %d
      after: [db]
      image: debian-12
      size: small
"""


# Clouds are looked at more often than usual, so that the tests end sooner.
CONFIG = "limits: { poll: { busy: 200ms, rest: 5s } }\n"


def shop(count=2):
    return SHOP % count


@contextlib.contextmanager
def folders(files=None):
    """A manifest directory with these files (by default a cloud and a shop) and a state directory."""
    top = tempfile.mkdtemp(prefix="muster-")
    manifests, state = os.path.join(top, "manifests"), os.path.join(top, "state")
    os.mkdir(manifests)
    os.mkdir(state, 0o700)
    write(top, {"agent.yaml": CONFIG})
    write(manifests, {"cloud.yaml": CLOUD, "shop.yaml": shop()} if files is None else files)
    try:
        yield manifests, state
    finally:
        shutil.rmtree(top, ignore_errors=True)


def config(manifests):
    """The configuration beside this manifest directory."""
    return os.path.join(manifests.split("/manifests")[0], "agent.yaml")


class Agent:
    """A running agent; what it logs is kept for a failed test."""

    def __init__(self, manifests, state, *args):
        self.state, self.log = state, open(os.path.join(state, "agent.log"), "a+", encoding="utf-8")
        self.process = subprocess.Popen(
            [MUSTER, "agent", "--manifests", manifests, "--state", state, "--config", config(manifests), *args],
            env=environment(),
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.pid = self.process.pid

    def __enter__(self):
        try:
            until("the agent answers", self.answers)
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def answers(self):
        assert self.process.poll() is None, f"the agent ended: {self.said()}"
        return os.path.exists(f"{self.state}/api.sock") and self.status().get("agent")

    def status(self, *args):
        result = run("status", "--state", self.state, "--output", "json", *args)
        return result.json() if result.code == 0 else {}

    def deployment(self, name="shop"):
        found = [d for d in self.status().get("deployments", []) if d["name"] == name]
        return found[0] if found else None

    def converged(self, ready, name="shop"):
        found = self.deployment(name)
        return found and found["converged"] and found["ready"] == ready and found

    def until_converged(self, ready, name="shop"):
        try:
            return until(f"{name} converged with {ready}", lambda: self.converged(ready, name))
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.deployment(name)}\n{self.said()}") from error

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM, seconds=DEADLINE_S):
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(seconds)

    def said(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            return file.read()[-8000:]

    def __exit__(self, kind, error, trace):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()
        if kind is not None and not issubclass(kind, Skip):
            print("".join(f"# {line}\n" for line in self.said().splitlines()[-40:]), end="")


def main(namespace):
    """Runs every check_… of a test's file."""
    checks = [(name[6:].replace("_", " "), check) for name, check in namespace.items()
              if name.startswith("check_")]
    failed = False
    print(f"1..{len(checks)}", flush=True)
    for number, (name, check) in enumerate(checks, 1):
        try:
            check()
            print(f"ok {number} - {name}", flush=True)
        except Skip as why:
            print(f"ok {number} - {name} # SKIP {why}", flush=True)
        except Exception:
            failed = True
            print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()), end="")
            print(f"not ok {number} - {name}", flush=True)
    sys.exit(1 if failed else 0)
