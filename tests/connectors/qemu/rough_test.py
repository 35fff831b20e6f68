#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The QEMU connector among damage: rubbish on its input, in its directory, on its disk."""
import ctypes
import json
import os
import signal
import subprocess
import time

from lab import Room, Skip, main, make, nano, refused, room
from plugin import Plugin, create_params, created

MIB = 1 << 20


def test_hello_and_open():
    with room() as r:
        p = Plugin(r.path, opened=False)
        r.plugins.append(p)
        refused(lambda: p.call("hello", protocol=7), "unsupported", "7")
        hello = p.call("hello", protocol=1, agent="test", new_member=[1])
        assert hello["name"] == "qemu" and hello["protocol"] == 1
        assert {"token", "atomic-marks", "live-resize", "any-size"} <= set(hello["abilities"])
        assert all(row["help"] and row["type"] for row in hello["settings"])
        refused(lambda: p.call("list"), "conflict", "open")
        for name, value in [("accel", "fast"), ("stopTimeout", "5"), ("memory", "4Gb"),
                            ("liveCpus", "-1")]:
            refused(lambda n=name, v=value: p.call("open", settings={n: v}), "invalid", name)
        p.call("open", cloud="here", owner="o", settings={})
        refused(lambda: p.call("dance"), "unsupported", "dance")
        refused(lambda: p.call("start", instance="nosuch"), "not-found", "nosuch")
        refused(lambda: p.call("start"), "not-found")
        p.call("open", cloud="here", owner="o", settings={"directory": "other"})
        assert not p.list()
        assert p.end() == 0


def test_rubbish_on_input():
    with room() as r:
        p = r.start()
        for line in (b"rubbish", b"\x00\xff\xfe", b"[]", b"42", b'{"id":1}', b'{"method":7,"id":1}',
                     b"[" * 5000, b'{"jsonrpc":"2.0","method":"nosuch"}', b"",
                     b'{"jsonrpc":"2.0","id":99,"method":"create","params":{"orders":7}}',
                     b'{"jsonrpc":"2.0","id":98,"method":"create","params":[]}',
                     b'{"jsonrpc":"2.0","id":97,"method":"resize"}',
                     b'{"jsonrpc":"2.0","method":"cancel","params":{"id":7}}'):
            p.process.stdin.write(line + b"\n")
        assert not p.list()
        with p.arrived:
            assert p.answers[None]["error"]["code"] in (-32700, -32600)
            assert p.answers[99]["result"]["results"][0]["error"]["class"] == "invalid"
        assert p.end() == 0


def test_vms_outlive_the_plugin():
    with room() as r:
        p = r.start()
        make(p, "a")
        pid = r.pid("a")
        for name in (None, signal.SIGTERM):
            if name:
                p.process.send_signal(name)
            begun = time.monotonic()
            assert p.end() == 0
            assert time.monotonic() - begun < 3
            assert r.pid("a") == pid
            p = r.start()
        assert os.getsid(pid) not in (os.getsid(0), os.getsid(p.process.pid))
        opened = [os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)]
        assert not [path for path in opened if path.endswith((".lock", "stderr.log"))], opened


def test_the_end_of_input_while_creating():
    with room() as r:
        p = r.start()
        for name in "abcdef":
            p.send("create", **create_params(name, nano(), disk=8 * MIB))
        p.end()
        q = r.start()
        for name in "abcdef":
            params = create_params(name, nano(), disk=8 * MIB)
            for _ in range(100):
                result = q.call("create", **params)["results"][0]
                if "instance" in result:
                    break
                assert result["error"]["class"] == "transient", result
                time.sleep(0.1)
            r.console(name, "GUEST-UP")
        assert sorted(q.list()) == list("abcdef")


def test_two_plugins_on_one_directory():
    with room() as r:
        p = r.start()
        q = Plugin(r.path, opened=False)
        r.plugins.append(q)
        refused(lambda: q.call("open", settings={}), "conflict", "process %d" % p.process.pid)
        q.call("open", settings={}, observing=True)
        assert q.call("list")["complete"]
        refused(lambda: q.call("destroy", instance="a"), "unsupported", "only observes")
        p.end()
        q.call("open", settings={})


def test_a_damaged_directory_is_left_alone():
    with room() as r:
        p = r.start()
        for name in ("a", "b", "c"):
            make(p, name)
        p.end()
        for name, text in (("a", ""), ("b", '{"version": 1, "uuid": 7}')):
            with open(r.file(name, "vm.json"), "w", encoding="ascii") as file:
                file.write(text)
        os.mkdir(r.path + "/vms/d")
        pid = r.pid("a")
        q = r.start()
        listed = q.list()
        assert {n: i["state"] for n, i in listed.items()} == {
            "a": "unknown", "b": "unknown", "c": "running", "d": "unknown"}
        assert all("vm.json" in listed[n]["fault"] for n in "abd"), listed
        for ask in ("start", "stop", "destroy", "resize", "mark"):
            refused(lambda a=ask: q.call(a, instance="a", size={}), "conflict", "damaged")
        assert r.pid("a") == pid and os.path.exists(r.file("a", "console.log"))
        # Damage that comes while we look leaves what was known.
        with open(r.file("c", "vm.json"), "w", encoding="ascii") as file:
            file.write("{")
        instance = q.list()["c"]
        assert instance["state"] == "unknown" and instance["marks"]["uid"] == "c-uid"
        q.end()
        with open(r.path + "/stderr.log", encoding="utf-8") as file:
            text = file.read()
        assert text.count("damaged") == 4, text
        os.kill(pid, 0)


def test_links():
    with room() as r:
        p = r.start()
        make(p, "moved")
        p.call("stop", instance="moved")
        p.wait_state("moved", "stopped")
        p.end()
        os.rename(r.path + "/vms/moved", r.path + "/elsewhere")
        os.symlink(r.path + "/elsewhere", r.path + "/vms/moved")
        os.symlink("/nosuch", r.path + "/vms/lost")
        q = r.start()
        assert {n: i["state"] for n, i in q.list().items()} == {"moved": "stopped",
                                                                "lost": "unknown"}
        q.call("start", instance="moved")
        assert q.list()["moved"]["state"] == "running"


def test_a_disk_that_is_not_mounted():
    with room() as r, room() as other:
        p = r.start(directory=other.path + "/vms")
        created(p.call("create", **create_params("a", nano())))
        p.end()
        r.start(directory=other.path + "/vms").end()
        os.rename(other.path + "/vms", other.path + "/disk")
        os.mkdir(other.path + "/vms")
        q = Plugin(r.path, opened=False)
        r.plugins.append(q)
        settings = {"directory": other.path + "/vms"}
        refused(lambda: q.call("open", settings=settings), "transient", "mount", r.path)
        os.rmdir(other.path + "/vms")
        os.rename(other.path + "/disk", other.path + "/vms")
        q.call("open", settings=settings)
        assert q.list()["a"]["state"] == "running"


def test_leftovers():
    with room() as r:
        p = r.start()
        for name in ("going", "half", "running"):
            make(p, name)
        p.kill()
        os.rename(r.path + "/vms/going", r.path + "/vms/.deleting-going")
        os.mkdir(r.path + "/vms/.new-never")
        os.kill(r.pid("half"), signal.SIGKILL)
        for name, age_ms in (("half", 3600000), ("running", 0)):
            with open(r.file(name, "vm.json"), encoding="ascii") as file:
                record = json.load(file)
            record["made"] = False
            record["created_at_ms"] -= age_ms
            with open(r.file(name, "vm.json"), "w", encoding="ascii") as file:
                json.dump(record, file)
        q = r.start()
        listed = q.list()
        assert listed.get("going", {"state": "deleting"})["state"] == "deleting", listed
        assert listed["half"]["state"] == "failed" and "interrupted" in listed["half"]["fault"]
        assert listed["running"]["state"] == "running"
        q.wait_gone("going")
        assert sorted(os.listdir(r.path + "/vms")) == [".lock", "half", "running"]
        refused(lambda: q.call("start", instance="half"), "conflict", "destroy it")
        # The same create once more clears it away and makes it.
        params = create_params("half", nano())
        refused(lambda: created(q.call("create", **params)), "transient")
        q.wait_gone("half")
        assert created(q.call("create", **params)) == "half"
        assert q.list()["half"]["state"] == "running"


def test_a_long_path():
    with room() as r:
        deep = Room(r.path + "/" + "/".join(["long, name with = and spaces"] * 8))
        p = deep.start()
        r.plugins.append(p)
        make(p, "a", disk=8 * MIB, user_data="deep")
        deep.console("a", "USER-DATA deep")
        p.call("stop", instance="a")
        p.wait_state("a", "stopped", 5)
        assert p.end() == 0


def test_a_full_disk():
    with room() as r:
        os.mkdir(r.path + "/vms")
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", r.path + "/vms"]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            raise Skip("cannot mount a small file system")
        try:
            p = r.start()
            with open(r.path + "/vms/ballast", "wb") as file:
                file.write(b"x" * 40 * 1024)
            refused(lambda: make(p, "a", user_data="x" * 50000), "capacity", "No space left")
            refused(lambda: make(p, "b", disk=8 * MIB), "capacity")
            p.wait_gone("b")
            assert sorted(os.listdir(r.path + "/vms")) == [".lock", "ballast"]
            os.unlink(r.path + "/vms/ballast")
            make(p, "a")
            p.call("destroy", instance="a")
            p.wait_gone("a")
            assert p.end() == 0
        finally:
            r.close()
            subprocess.run(["umount", r.path + "/vms"], check=False)


def test_a_console_does_not_fill_the_disk():
    with room() as r:
        p = r.start()
        make(p, "a")
        r.console("a", "GUEST-UP")
        with open(r.file("a", "console.log"), "ab") as file:
            file.write(b"x" * (17 * MIB) + b"the end")
        p.list()
        assert r.read("a", "console.old").endswith("the end")
        assert os.path.getsize(r.file("a", "console.log")) == 0
        p.call("stop", instance="a")
        p.wait_state("a", "stopped")
        assert r.read("a", "console.log").startswith("GUEST-DOWN")


def test_secrets_of_the_agent_are_not_handed_on():
    with room() as r:
        os.environ["OS_PASSWORD"] = "secret"
        p = r.start()
        del os.environ["OS_PASSWORD"]
        make(p, "a")
        with open("/proc/%d/environ" % r.pid("a"), "rb") as file:
            assert b"secret" not in file.read()


def test_in_a_sandbox_without_writable_code():
    """As systemd's MemoryDenyWriteExecute does it; from Linux 6.3 on without systemd."""
    def deny():
        pr_set_mdwe, refuse_gain = 65, 1
        if ctypes.CDLL(None).prctl(pr_set_mdwe, refuse_gain, 0, 0, 0) != 0:
            os._exit(77)
    probe = subprocess.run(["true"], preexec_fn=deny, check=False)
    if probe.returncode != 0:
        raise Skip("this kernel cannot deny writable code")
    with room() as r:
        p = r.start(preexec=deny, accel="tcg")
        make(p, "a")
        r.console("a", "GUEST-UP")


def test_without_qemu():
    with room() as r:
        p = r.start(qemu="/nosuch/qemu", qemuImg="/nosuch/qemu-img")
        refused(lambda: make(p, "a"), "invalid", "/nosuch/qemu")
        refused(lambda: make(p, "b", disk=8 * MIB), "invalid", "/nosuch/qemu-img")
        p.wait_gone("a", "b")
        q = Room(r.path + "/slow").start(qemu="/bin/false")
        r.plugins.append(q)
        refused(lambda: make(q, "a"), "transient", "/bin/false")
        q.wait_gone("a")


if __name__ == "__main__":
    main(dict(globals()))
