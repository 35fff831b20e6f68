# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests, directories and TAP for the tests of the QEMU connector."""
import contextlib
import fcntl
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import traceback

from plugin import Fault, Plugin, create_params, created

GUESTS = os.path.join(os.environ["G_TEST_BUILDDIR"], "tests", "guests")


class Skip(Exception):
    """The host lacks what a test needs."""


def guest_build(kind):
    """Builds the guest; the folder it is in."""
    script = os.path.join(os.environ["G_TEST_SRCDIR"], "examples", "guests", "build.sh")
    done = subprocess.run([script, GUESTS, kind], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Skip((done.stderr.strip().splitlines() or ["no guest"])[-1])
    return GUESTS


def nano(cmdline=None):
    image = {"kernel": os.path.join(guest_build("nano"), "nano.elf")}
    return dict(image, cmdline=cmdline) if cmdline else image


def linux():
    folder = guest_build("linux")
    with open(os.path.join(folder, "cmdline"), encoding="ascii") as file:
        return {"kernel": folder + "/vmlinux", "initrd": folder + "/initrd.gz",
                "cmdline": file.read().strip()}


def refused(call, fault, *words):
    """The call fails with that class, and its text has the words."""
    try:
        call()
    except Fault as wrong:
        assert wrong.fault == fault, (wrong.fault, wrong.text)
        for word in words:
            assert word in wrong.text, (word, wrong.text)
        return
    raise AssertionError("not refused")


def make(plugin, name, image=None, **more):
    return created(plugin.call("create", **create_params(name, image or nano(), **more)))


def lock_holder(path):
    """Who holds the lock on the pid file; 0: nobody."""
    try:
        with open(path, "rb") as file:
            asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
            kind, _, _, _, pid = struct.unpack("hhqqi4x", fcntl.fcntl(file, fcntl.F_GETLK, asked))
            return 0 if kind == fcntl.F_UNLCK else pid
    except OSError:
        return 0


class Room:
    """A working directory of the plugin, as the agent gives one to each cloud."""

    def __init__(self, path):
        self.path = path
        self.plugins = []

    def start(self, preexec=None, prefix=(), **settings):
        plugin = Plugin(self.path, {k: str(v) for k, v in settings.items()}, preexec=preexec,
                        prefix=prefix)
        self.plugins.append(plugin)
        return plugin

    def file(self, vm, name):
        return os.path.join(self.path, "vms", vm, name)

    def pid(self, vm):
        return lock_holder(self.file(vm, "qemu.pid"))

    def read(self, vm, name):
        with contextlib.suppress(FileNotFoundError):
            with open(self.file(vm, name), encoding="utf-8", errors="replace") as file:
                return file.read()
        return ""

    def console(self, vm, word, timeout=40, count=1):
        """Waits until the console says the word; all it said."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            text = self.read(vm, "console.log")
            # A guest prints by characters: the line is waited for.
            if word in text and "\n".join(text.split("\n")[:-1]).count(word) >= count:
                return text
            time.sleep(0.05)
        raise TimeoutError("%s never said %s: %s" % (vm, word, self.read(vm, "console.log")))

    def close(self):
        for plugin in self.plugins:
            if plugin.process.returncode is None:
                plugin.kill()
        for folder, _, files in os.walk(self.path):
            if "qemu.pid" in files:
                pid = lock_holder(os.path.join(folder, "qemu.pid"))
                if pid:
                    os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
        shutil.rmtree(self.path, ignore_errors=True)


@contextlib.contextmanager
def room():
    made = Room(tempfile.mkdtemp(prefix="muster-qemu-"))
    try:
        yield made
    finally:
        made.close()


def say(text):
    for line in str(text).splitlines():
        print("#", line)
    sys.stdout.flush()


def qemu_need():
    for program in ("qemu-system-x86_64", "qemu-img"):
        if not shutil.which(program):
            raise Skip(program + " is not installed")


def case_run(number, function):
    name = function.__name__.removeprefix("test_").replace("_", " ")
    begun = time.monotonic()
    try:
        qemu_need()
        function()
        print("ok %d - %s" % (number, name))
        good = True
    except Skip as why:
        print("ok %d - %s # SKIP %s" % (number, name, why))
        good = True
    except Exception:  # whatever it is, the other cases still run
        say(traceback.format_exc())
        print("not ok %d - %s" % (number, name))
        good = False
    say("%.1f s" % (time.monotonic() - begun))
    return good


def main(namespace):
    """Runs the functions called test_*, in order; words of the command line choose among them."""
    cases = [f for name, f in namespace.items() if name.startswith("test_")]
    if len(sys.argv) > 1:
        cases = [f for f in cases if any(word in f.__name__ for word in sys.argv[1:])]
    print("1..%d" % len(cases))
    good = [case_run(i + 1, function) for i, function in enumerate(cases)]
    sys.exit(0 if all(good) else 1)
