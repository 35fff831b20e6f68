#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What takes a real guest: seeds, networks, disks and parts that are plugged in."""
import json
import socket
import subprocess
import time
import urllib.request

from lab import Skip, linux, main, make, refused, room
from plugin import Fault

MIB = 1 << 20
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFh ops"

SERVE = """#!/bin/sh
echo "I am $(hostname)"
grep -A1 public-keys /run/seed/meta-data
mkdir -p /www
echo hello from $(hostname) >/www/index.html
httpd -p 80 -h /www && echo serving
"""


def fetch(port, timeout=10):
    """What the guest serves there; a connection that is reset too early is made again."""
    until = time.monotonic() + timeout
    while True:
        try:
            with urllib.request.urlopen("http://127.0.0.1:%d/" % port, timeout=3) as answer:
                return answer.read().decode()
        except (OSError, TimeoutError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_seed_network_hot_plug_and_disk():
    with room() as r:
        p = r.start(liveCpus=3)
        base = r.path + "/base, with a comma.qcow2"
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", base, "64M"], check=True)
        make(p, "a", dict(linux(), path=base), memory=128 * MIB, user_data=SERVE, ssh_keys=[KEY],
             firewall=[{"port": 80, "from": None}], disk=100 * MIB)
        text = r.console("a", "serving")
        assert "id=a-uid host=a uuid=" + json.loads(r.read("a", "vm.json"))["uuid"] in text, text
        assert "seed=disk ip=10.0.2.15" in text and "vda:100M" in text, text
        assert "USER-DATA I am a" in text and KEY in text, text
        instance = p.list()["a"]
        assert instance["live_cpus_max"] == 3
        assert instance["live_memory_max_bytes"] == 256 * MIB
        port = instance["forwards"][0]["host_port"]
        assert fetch(port) == "hello from a\n"

        p.call("resize", instance="a", size={"cpus": 3, "memory_bytes": 200 * MIB,
                                             "disk_bytes": 200 * MIB})
        assert p.list()["a"]["size"] == {"cpus": 3, "memory_bytes": 200 * MIB,
                                         "disk_bytes": 200 * MIB}
        text = r.console("a", "cpus=3 disks=vda:200M")
        assert "GUEST-CHANGED mem=" in text
        for size in ({"cpus": 2}, {"cpus": 4}, {"memory_bytes": 100 * MIB},
                     {"memory_bytes": 300 * MIB}):
            refused(lambda s=size: p.call("resize", instance="a", size=s), "unsupported", "stop it")

        p.call("stop", instance="a")
        p.wait_state("a", "stopped")
        taken = socket.create_server(("127.0.0.1", port))
        p.call("start", instance="a")
        assert p.list()["a"]["forwards"][0]["host_port"] != port
        taken.close()
        text = r.console("a", "GUEST-UP", count=2)
        last = text[text.rindex("GUEST-UP"):]
        assert "cpus=3" in last and "vda:200M" in last, last
        p.call("destroy", instance="a")
        p.wait_gone("a")
        assert p.end() == 0


BRIDGE = """
mount --make-rprivate / && mount -t sysfs sys /sys && cp -a /etc "$1/etc" &&
mount --bind "$1/etc" /etc && mkdir -p /etc/qemu && echo allow br0 >/etc/qemu/bridge.conf &&
ip link add br0 type bridge && ip address add 192.168.77.1/24 dev br0 && ip link set br0 up &&
exec "$2"
"""

JOIN = """#!/bin/sh
ifconfig eth0 192.168.77.2 netmask 255.255.255.0
until ping -c1 -W1 192.168.77.1; do sleep 0.2; done
"""


def test_bridge():
    with room() as r:
        needed = subprocess.run(["unshare", "-n", "-m", "sh", "-c", BRIDGE, "sh", r.path, "true"],
                                capture_output=True, check=False)
        if needed.returncode != 0:
            raise Skip("cannot make a bridge in a network namespace")
        subprocess.run(["rm", "-r", r.path + "/etc"], check=True)
        p = r.start(prefix=["unshare", "-n", "-m", "sh", "-c", BRIDGE, "sh", r.path])
        make(p, "a", linux(), memory=128 * MIB, user_data=JOIN, networks=["bridge:br0"],
             firewall=[{"port": 80}])
        assert p.list()["a"]["forwards"] == [] and p.list()["a"]["addresses"] == []
        r.console("a", "1 packets received")
        assert p.list()["a"]["addresses"] == ["192.168.77.2"]
        p.call("destroy", instance="a")
        p.wait_gone("a")


def test_networks_and_keys_are_checked():
    with room() as r:
        p = r.start()
        image = {"kernel": __file__}
        refused(lambda: make(p, "a", image, networks=["front"]), "invalid", "front")
        refused(lambda: make(p, "a", image, networks=["bridge:nosuch0"]), "invalid", "nosuch0")
        refused(lambda: make(p, "a", image, networks=["bridge:../x"]), "invalid")
        refused(lambda: make(p, "a", image, ssh_keys=["ops"]), "invalid", '"ops"')
        refused(lambda: make(p, "a", image, ssh_keys=[KEY + "\nx"]), "invalid")
        refused(lambda: make(p, "a", image, firewall=[{"port": 70000}]), "invalid")
        for name in ("", ".", "..", ".lock", "a/b", "x" * 64):
            try:
                make(p, name, image)
            except Fault as wrong:
                assert wrong.fault == "invalid", wrong.fault
            else:
                raise AssertionError(name)
        assert not p.list()


if __name__ == "__main__":
    main(dict(globals()))
