#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""VMs through their whole life, with the nano guest."""
import json
import os
import signal
import time

from lab import main, make, nano, refused, room, say
from plugin import Fault, create_params, created

MIB = 1 << 20


def test_twenty_are_made_listed_and_destroyed():
    with room() as r:
        p = r.start()
        names = ["shop-web-%d-x7k3q" % i for i in range(20)]
        begun = time.monotonic()
        image = nano()
        asked = [p.send("create", **create_params(n, image, firewall=[{"port": 80}],
                                                  labels={"team": "web"})) for n in names]
        assert [created(p.take(number)) for number in asked] == names
        say("20 created in %.2f s" % (time.monotonic() - begun))
        begun = time.monotonic()
        listed = p.list()
        say("20 listed in %.1f ms" % ((time.monotonic() - begun) * 1000))
        assert sorted(listed) == sorted(names)
        ports = set()
        for name, instance in listed.items():
            assert instance["name"] == name
            assert instance["state"] == "running", instance
            assert instance["marks"]["uid"] == name + "-uid"
            assert instance["marks"]["owner"] == "o1"
            assert instance["labels"] == {"team": "web"}
            assert instance["size"] == {"cpus": 1, "memory_bytes": 16 * MIB, "disk_bytes": 0}
            assert instance["addresses"] == ["127.0.0.1"]
            assert instance["live_cpus_max"] == 0 and instance["live_memory_max_bytes"] == 0
            assert abs(instance["created_at_ms"] / 1000 - time.time()) < 60
            assert instance.get("fault") is None
            [forward] = instance["forwards"]
            assert forward["port"] == 80 and forward["host"] == "127.0.0.1"
            ports.add(forward["host_port"])
            text = r.console(name, "GUEST-UP")
            assert "uuid=" + json.loads(r.read(name, "vm.json"))["uuid"] in text
            r.console(name, "instance-id: %s-uid" % name)
        assert len(ports) == 20
        pids = [r.pid(name) for name in names]
        begun = time.monotonic()
        for name in names:
            p.call("destroy", instance=name)
        p.wait_gone(*names)
        say("20 destroyed in %.2f s" % (time.monotonic() - begun))
        assert os.listdir(r.path + "/vms") == [".lock"]
        assert not any(os.path.exists("/proc/%d/exe" % pid) for pid in pids)
        refused(lambda: p.call("destroy", instance=names[0]), "not-found", names[0])
        assert p.end() == 0


def test_a_killed_qemu_is_noticed_and_started_again():
    with room() as r:
        p = r.start()
        make(p, "a", firewall=[{"port": 22}])
        before = p.list()["a"]
        record = json.loads(r.read("a", "vm.json"))
        r.console("a", "GUEST-UP")
        p.forget_notes()
        begun = time.monotonic()
        os.kill(r.pid("a"), signal.SIGKILL)
        at, _ = p.note("changed")
        say("noticed after %.0f ms" % ((at - begun) * 1000))
        assert at - begun < 3
        dead = p.list()["a"]
        assert dead["state"] == "stopped" and dead["fault"] == "qemu ended unexpectedly", dead
        p.call("start", instance="a")
        p.call("start", instance="a")
        r.console("a", "GUEST-UP", count=2)
        after = p.list()["a"]
        assert after == before, (before, after)
        assert json.loads(r.read("a", "vm.json"))["uuid"] == record["uuid"]
        assert p.end() == 0


def test_a_vm_that_ends_by_itself_is_told_apart():
    with room() as r:
        p = r.start()
        make(p, "a")
        p.forget_notes()
        os.kill(r.pid("a"), signal.SIGTERM)
        p.note("changed")
        assert p.wait_state("a", "stopped")["fault"] == "it ended by itself, in good order"
        p.call("stop", instance="a")
        assert p.list()["a"].get("fault") is None


def test_stop_is_by_the_power_button():
    with room() as r:
        p = r.start()
        make(p, "a")
        r.console("a", "GUEST-UP")
        p.call("stop", instance="a")
        stopped = p.wait_state("a", "stopped")
        assert stopped.get("fault") is None, stopped
        assert "GUEST-DOWN power button" in r.read("a", "console.log")
        p.call("stop", instance="a")
        p.call("start", instance="a")
        assert p.list()["a"]["state"] == "running"
        p.call("destroy", instance="a")
        p.wait_gone("a")


def test_a_guest_that_does_not_obey_is_killed():
    with room() as r:
        p = r.start(stopTimeout="1500ms")
        make(p, "deaf", nano("deaf"))
        r.console("deaf", "cmdline=deaf")
        pid = r.pid("deaf")
        p.call("stop", instance="deaf")
        assert p.list()["deaf"]["state"] == "stopping"
        refused(lambda: p.call("start", instance="deaf"), "conflict")
        assert p.wait_state("deaf", "stopped", 6).get("fault") is None
        assert not os.path.exists("/proc/%d/exe" % pid)
        assert "GUEST-DOWN" not in r.read("deaf", "console.log")


def test_a_hung_qemu_is_killed_too():
    with room() as r:
        p = r.start(stopTimeout="1s")
        for name in ("stopped", "destroyed"):
            make(p, name)
            os.kill(r.pid(name), signal.SIGSTOP)
        p.call("stop", instance="stopped")
        p.call("destroy", instance="destroyed")
        begun = time.monotonic()
        p.list()
        assert time.monotonic() - begun < 2
        p.wait(lambda all: list(all) == ["stopped"] and all["stopped"]["state"] == "stopped", 8)


def test_a_stop_is_seen_through_by_the_next_plugin():
    with room() as r:
        p = r.start(stopTimeout="2s")
        make(p, "deaf", nano("deaf"))
        p.call("stop", instance="deaf")
        p.kill()
        q = r.start(stopTimeout="2s")
        assert q.list()["deaf"]["state"] == "stopping"
        q.wait_state("deaf", "stopped", 6)


def test_resize_while_stopped():
    with room() as r:
        p = r.start()
        make(p, "a", disk=8 * MIB)
        r.console("a", "GUEST-UP nano mem=16MiB cpus=1")
        refused(lambda: p.call("resize", instance="a", size={"memory_bytes": 32 * MIB}),
                "unsupported", "stop it first")
        p.call("stop", instance="a")
        p.wait_state("a", "stopped")
        refused(lambda: p.call("resize", instance="a", size={"disk_bytes": 4 * MIB}), "invalid")
        p.call("resize", instance="a",
               size={"cpus": 2, "memory_bytes": 32 * MIB, "disk_bytes": 16 * MIB})
        assert p.list()["a"]["size"] == {"cpus": 2, "memory_bytes": 32 * MIB,
                                         "disk_bytes": 16 * MIB}
        p.call("start", instance="a")
        r.console("a", "GUEST-UP nano mem=32MiB cpus=2")


def test_marks_survive():
    with room() as r:
        p = r.start()
        make(p, "a", user_data="I am \"a\"\nsecond line, \u00e9")
        marks = {"owner": "o1", "member": "shop/web/9", "uid": "a-uid", "spec": "i2",
                 "protected": True}
        p.call("mark", instance="a", marks=marks, labels={"k": "v"})
        assert p.list()["a"]["marks"] == marks
        text = r.console("a", "second line")
        assert 'USER-DATA I am "a"' in text
        pid = r.pid("a")
        assert p.end() == 0
        q = r.start()
        [instance] = q.list().values()
        assert instance["marks"] == marks and instance["labels"] == {"k": "v"}
        assert r.pid("a") == pid and instance["state"] == "running"


def test_vms_are_adopted_after_a_crash_of_the_plugin():
    with room() as r:
        p = r.start()
        for name in ("a", "b"):
            make(p, name)
        before = p.list()
        p.kill()
        q = r.start()
        assert q.list() == before
        q.forget_notes()
        begun = time.monotonic()
        os.kill(r.pid("b"), signal.SIGKILL)
        at, _ = q.note("changed")
        assert at - begun < 3
        assert q.list()["b"]["state"] == "stopped" and q.list()["a"]["state"] == "running"


def test_the_same_uid_twice_is_one_vm():
    with room() as r:
        p = r.start()
        params = create_params("a", nano())
        first = [p.send("create", **params) for _ in range(4)]
        made = []
        for number in first:
            try:
                made.append(created(p.take(number)))
            except Fault as wrong:
                assert wrong.fault == "transient", wrong.text
        assert made and set(made) == {"a"}
        assert created(p.call("create", **params)) == "a"
        p.kill()
        q = r.start()
        assert created(q.call("create", **params)) == "a"
        assert list(q.list()) == ["a"]
        refused(lambda: make(q, "a", uid="another"), "exists", '"a"')


def test_capacity_is_refused_with_numbers():
    with room() as r:
        p = r.start(memory="40MiB", cpus=3)
        make(p, "a")
        make(p, "b")
        refused(lambda: make(p, "c"), "capacity", "8MiB free", "16MiB asked")
        refused(lambda: make(p, "c", memory=MIB, cpus=2), "capacity", "2 of 3", "2 asked")
        assert sorted(p.list()) == ["a", "b"]
        p.call("destroy", instance="a")
        p.wait_gone("a")
        make(p, "c")
        assert p.end() == 0
        q = r.start()
        refused(lambda: make(q, "huge", memory=1 << 50), "capacity", "1024TiB asked")
        assert sorted(os.listdir(r.path + "/vms")) == [".lock", "b", "c"]


if __name__ == "__main__":
    main(dict(globals()))
