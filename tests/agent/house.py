# SPDX-License-Identifier: GPL-2.0-or-later
"""A directory of manifests, a state directory, the real agent on them, and the real VMs of both."""
import contextlib
import glob
import http.client
import json
import os
import re
import signal
import socket
import sys
import tempfile
import time

TREE = os.environ.get("G_TEST_SRCDIR", ".")
sys.path[:0] = [os.path.join(TREE, "tests", "cli"), os.path.join(TREE, "tests", "connectors", "qemu")]

import lab  # noqa: E402
import muster  # noqa: E402
from muster import Skip, write  # noqa: E402

DEADLINE_S = 60
STRANGER = "shop-web-1-other"

CONFIG = """owner: here
limits:
  deletions: { count: 1000, window: 1m }
  missingGrace: %s
  poll: { busy: 200ms, rest: 2s }
"""

CLOUD = """apiVersion: muster/v1
kind: Cloud
metadata: { name: here }
spec:
  connector: qemu
  settings: { memory: 4GiB, cpus: 200, stopTimeout: 20s }
  images: { nano: { kernel: %s } }
  sizes:
    tiny: { cpus: 1, memory: 16MiB }
    bigger: { cpus: 2, memory: 24MiB }
"""

SHOP = """apiVersion: muster/v1
kind: Deployment
metadata: { name: shop }
spec:
  cloud: here
  components:
    db: { count: %d, image: nano, size: %s }
    web:
      count: %d
      after: [db]
      image: nano
      size: tiny
      userData: "I am ${self.key}; my database is at ${components.db.1.address}"
"""

ABSENT = """apiVersion: muster/v1
kind: Deployment
metadata: { name: %s, state: absent }
"""


def shop(db=4, web=16, size="tiny"):
    return SHOP % (db, size, web)


def members(db=4, web=16):
    return {f"shop/db/{n + 1}" for n in range(db)} | {f"shop/web/{n + 1}" for n in range(web)}


def until(what, predicate, seconds=DEADLINE_S, show=lambda: ""):
    """The first true value of predicate; show() tells more where there is none in time."""
    end = time.monotonic() + seconds
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() >= end:
            raise AssertionError(f"not within {seconds} s: {what}\n{show()}")
        time.sleep(0.03)


class Socket(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("muster", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(30)
        self.sock.connect(self.path)


class Vm:
    """What a VM's directory says, and which process is in it (0: none)."""

    def __init__(self, room, name):
        record = json.loads(room.read(name, "vm.json"))
        self.name, self.uuid, self.made = name, record["uuid"], record["made"]
        self.uid, self.member, self.owner = (record["marks"][k] for k in ("uid", "member", "owner"))
        self.pid = room.pid(name)

    def __repr__(self):
        return f"{self.name} ({self.member}, process {self.pid})"


class House:
    def __init__(self):
        self.agent = None
        self.top = tempfile.mkdtemp(prefix="muster-fleet-")
        self.manifests, self.state = f"{self.top}/manifests", f"{self.top}/state"
        os.mkdir(self.manifests)
        os.mkdir(self.state, 0o700)
        self.grace("2m")
        write(self.manifests, {"cloud.yaml": CLOUD % lab.nano()["kernel"]})
        self.room = lab.Room(f"{self.state}/plugins/here")

    def grace(self, text):
        write(self.top, {"agent.yaml": CONFIG % text})

    def put(self, **files):
        """put(shop=TEXT) writes shop.yaml; with None it goes."""
        for name, text in files.items():
            if text is None:
                os.unlink(f"{self.manifests}/{name}.yaml")
            else:
                write(self.manifests, {f"{name}.yaml": text})

    def ask(self, text):
        """Puts the shop's manifest and waits until the agent has read it."""
        path = f"{self.manifests}/shop.yaml"
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                if file.read() == text:
                    return
        last = self.last_event() if self.is_up() else None
        self.put(shop=text)
        if last is not None:
            self.until("the manifest is read", lambda: self.events(
                last, "deployment-new", "deployment-changed", "deployment-back", "document-good"))

    # The agent

    def start(self):
        os.makedirs(self.room.path, exist_ok=True)
        agent = muster.Agent(self.manifests, self.state, "--plugins", muster.BUILD)
        self.agent = agent
        until("the agent answers", lambda: self.get("/v1/version"), show=agent.said)
        return self

    def is_up(self):
        return self.agent is not None and self.agent.process.poll() is None

    def stop(self, number=signal.SIGTERM):
        """How long it took."""
        begun = time.monotonic()
        code = self.agent.stop(number)
        took = time.monotonic() - begun
        assert code == (0 if number == signal.SIGTERM else -number), (code, self.agent.said())
        self.agent.log.close()
        return took

    def get(self, path):
        """None while nobody answers."""
        assert self.is_up(), f"the agent ended: {self.agent.said()}"
        connection = Socket(f"{self.state}/api.sock")
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return json.loads(answer.read()) if answer.status == 200 else None
        except OSError:
            return None
        finally:
            connection.close()

    def cloud(self):
        return (self.get("/v1/clouds") or {"clouds": [{}]})["clouds"][0]

    def deployment(self, name="shop"):
        return self.get(f"/v1/deployments/{name}") or {}

    def member(self, key):
        return {m["key"]: m for m in self.deployment(key.split("/")[0]).get("members", [])}.get(key, {})

    def last_event(self):
        return self.get("/v1/events?limit=1")["last"]

    def events(self, after=0, *names):
        found = []
        while page := self.get(f"/v1/events?limit=1000&after={after}")["events"]:
            found, after = found + page, page[-1]["id"]
        return [e for e in found if not names or e["name"] in names]

    def begun(self, after):
        """Which operations on which members were begun since that event."""
        return [(e["after"], e["key"]) for e in self.events(after, "operation-begun")]

    def show(self):
        """What a failed test wants to know."""
        text = [] if not self.is_up() else [json.dumps(self.cloud()), *(
            json.dumps({k: v for k, v in m.items() if v}) for m in self.deployment().get("members", []))]
        return "\n".join([*text, repr(self.vms()), self.agent.said()[-4000:]])

    def until(self, what, predicate, seconds=DEADLINE_S):
        return until(what, predicate, seconds, self.show)

    def has_looked(self):
        """Waits until the agent has seen a list that began after now."""
        now_ms = time.time() * 1000
        self.until("the cloud is listed", lambda: (self.cloud().get("listed_at_ms") or 0) > now_ms + 1)

    def settled(self, wanted, name="shop"):
        """Waits until exactly these members run, one VM and one process each, and all is done."""
        def good():
            told = self.deployment(name)
            return told.get("converged") and told["ready"] == len(wanted) and self.runs(wanted, name)
        return self.until(f"{name} converged with {len(wanted)}", good)

    # The VMs

    def vms(self):
        """By member; a list where there is more than one. Damaged and foreign ones are left out."""
        found = []
        with contextlib.suppress(FileNotFoundError):
            for name in sorted(os.listdir(f"{self.room.path}/vms")):
                with contextlib.suppress(ValueError, KeyError):
                    if not name.startswith(".") and name != STRANGER:
                        found.append(Vm(self.room, name))
        return found

    def of(self, *keys):
        by_key = {vm.member: vm for vm in self.vms()}
        return [by_key[key] for key in keys]

    def pids(self):
        """Member → uid and process of those that run."""
        return {vm.member: (vm.uid, vm.pid) for vm in self.vms() if vm.pid}

    def runs(self, wanted, name="shop"):
        vms = [vm for vm in self.vms() if vm.member.startswith(name + "/")]
        return sorted(vm.member for vm in vms) == sorted(wanted) and all(vm.pid for vm in vms)

    def processes(self):
        """All QEMUs of this house, those without a directory too."""
        found = set()
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            with contextlib.suppress(OSError), open(path, "rb") as file:
                words = file.read().split(b"\0")
                if b"qemu-system" in words[0] and self.top.encode() in b" ".join(words):
                    found.add(int(path.split("/")[2]))
        return found

    def press(self, vm):
        """The power button, behind everybody's back."""
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(10)
            monitor.connect(self.room.file(vm.name, "qmp.sock"))
            talk = monitor.makefile("rw")
            talk.readline()
            for command in ("qmp_capabilities", "system_powerdown"):
                talk.write(json.dumps({"execute": command}) + "\n")
                talk.flush()
                while '"return"' not in (line := talk.readline()):
                    assert '"event"' in line, line

    def each_is_one(self, *also):
        """No duplicate, no leak: each VM has an owner, a member, a uuid and a process of its own."""
        vms = self.vms()
        for what in ("member", "uid", "uuid", "pid"):
            values = [getattr(vm, what) for vm in vms]
            assert len(set(values)) == len(values), (what, vms)
        assert {vm.owner for vm in vms} == {"here"}, vms
        assert self.processes() == {vm.pid for vm in vms} | set(also), (self.processes(), vms, also)

    def starts(self, vm):
        """How often its guest has come up, whole lines only."""
        text = self.room.read(vm.name, "console.log")
        return re.findall(r"GUEST-UP nano mem=(\d+)MiB cpus=(\d+).*\n", text)

    def close(self):
        if self.is_up():
            self.agent.process.kill()
            self.agent.process.wait()
        self.room.close()
        left = until("no QEMU is left", lambda: not self.processes(), 10)
        assert left
        lab.shutil.rmtree(self.top, ignore_errors=True)


def need():
    try:
        lab.qemu_need()
        lab.guest_build("nano")
    except lab.Skip as why:
        raise Skip(str(why)) from why
    if not os.path.exists(f"{muster.BUILD}/muster-connector-qemu"):
        raise Skip("the qemu plugin is not built")


def main(namespace, end):
    """Runs the checks; the VMs go whatever ends us."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        muster.main(namespace)
    finally:
        end()
