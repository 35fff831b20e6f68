#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole agent as a process: memory, start, commit to first request, converging; and real VMs.

Usage: process_bench.py BUILD [NAME...]. Each figure stands beside a floor measured in the same run.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(sys.argv[1])
MUSTER = os.path.join(BUILD, "muster")

CLOUD = """apiVersion: muster/v1
kind: Cloud
metadata: { name: lab }
spec:
  connector: sim
  settings: %s
  sizes: { small: { cpus: 1, memory: 1GiB } }
"""
SIM = {"bootTime": "10ms", "latency": "1ms", "requestsPerSecond": "1000000", "batchSize": "1000"}
DEPLOYMENT = """apiVersion: muster/v1
kind: Deployment
metadata: { name: d%05d }
spec:
  cloud: lab
  components:
    web:
      count: %d
      image: debian-12
      size: small
"""


def row(name, value, floor, bar, unit):
    """One line, in the form of bench.c."""
    text = f"{name:<46} {value:9.2f} {unit:<4}"
    text += f"  floor {floor:9.3f}  ratio {value / floor:7.1f}" if floor else " " * 34
    if bar:
        text += f"  bar {bar:8.1f}  {'ok' if value <= bar else 'MISSED'}"
    print(text, flush=True)


class Agent:
    """An agent with its own directories, ended with the block."""

    def __init__(self, deployments, members):
        self.dir = tempfile.mkdtemp(prefix="muster-bench-")
        self.manifests = os.path.join(self.dir, "m")
        self.state = os.path.join(self.dir, "s")
        os.makedirs(self.manifests)
        self.write("cloud.yaml", CLOUD % json.dumps(SIM))
        for number in range(deployments):
            self.write(f"d{number:05d}.yaml", DEPLOYMENT % (number, members))
        self.process = None
        self.read = 0

    def write(self, name, text):
        """As an editor does: a new file renamed over the old one."""
        path = os.path.join(self.manifests, name)
        with open(path + ".new~", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new~", path)

    def start(self):
        self.log = open(os.path.join(self.dir, "log"), "a+b")
        self.process = subprocess.Popen(
            [MUSTER, "agent", "--manifests", self.manifests, "--state", self.state],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.dir)

    def status(self):
        done = subprocess.run([MUSTER, "status", "--state", self.state, "--output", "json"],
                              capture_output=True, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def events(self):
        """What was logged since the last call."""
        with open(os.path.join(self.dir, "log"), "rb") as file:
            file.seek(self.read)
            text = file.read()
        self.read += len(text)
        return text

    def wait(self, what, seconds):
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise SystemExit("the agent ended: " + self.events().decode()[-2000:])
            if what():
                return
            time.sleep(0.002)
        raise SystemExit("waited in vain: " + self.events().decode()[-2000:])

    def is_converged(self, members):
        status = self.status()
        if not status:
            return False
        return sum(d["ready"] for d in status["deployments"]) == members

    def memory_mib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1024
        return 0.0

    def cpu_s(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bench_memory():
    """Resident memory at rest; the bars are DESIGN's."""
    for deployments, members, bar in ((0, 0, 12), (10, 100, 30), (10, 10000, 300)):
        with Agent(deployments, members) as agent:
            agent.start()
            agent.wait(lambda: agent.is_converged(deployments * members), 300)
            time.sleep(1)
            row(f"memory with {deployments * members:,} members", agent.memory_mib(), 0, bar, "MiB")


def bench_start():
    """From exec to the first decision (the first creation begun), 10,000 members to look at; and again
    with all of them remembered."""
    began = time.monotonic()
    subprocess.run([MUSTER, "version"], capture_output=True, check=True)
    floor = time.monotonic() - began
    with Agent(1000, 10) as agent:
        began = time.monotonic()
        agent.start()
        agent.wait(lambda: b"operation-begun" in agent.events(), 60)
        row("start to first decision, 10,000 members, wall", time.monotonic() - began, floor, 2, "s")
        agent.wait(lambda: agent.is_converged(10000), 300)
        row("  converged, agent's CPU", agent.cpu_s(), 0, 0, "s")


def bench_commit():
    """From the rename of one changed manifest among 10,000 to the operation in the journal; wall."""
    settle_s = 0.05
    with Agent(10000, 1) as agent:
        agent.start()
        agent.wait(lambda: agent.is_converged(10000), 300)
        best = 1e9
        for turn in range(5):
            number = 5000 + turn
            needle = f"d{number:05d}/web/2".encode()
            began = time.monotonic()
            agent.write(f"d{number:05d}.yaml", DEPLOYMENT % (number, 2))
            agent.wait(lambda: needle in agent.events(), 20)
            best = min(best, time.monotonic() - began)
            time.sleep(0.5)
            agent.events()
        row("commit to first request, one of 10,000, wall", best * 1000, settle_s * 1000, 150, "ms")


def qemu_floor(guest, count, where):
    """The shell loop of the same VMs."""
    script = f"""for i in $(seq {count}); do qemu-system-x86_64 -M pc -accel tcg,tb-size=16,thread=single \
-m 16 -display none -nodefaults -no-user-config -kernel {guest} -serial file:{where}/$i.log \
-pidfile {where}/$i.pid -daemonize || exit 1; done"""
    began = time.monotonic()
    subprocess.run(["sh", "-c", script], check=True, stdin=subprocess.DEVNULL)
    took = time.monotonic() - began
    for number in range(1, count + 1):
        with open(f"{where}/{number}.pid", encoding="ascii") as file:
            os.kill(int(file.read()), signal.SIGKILL)
    return took


def bench_qemu():
    """50 real VMs, against a loop that spawns the same 50 and looks at nothing; wall."""
    if not shutil.which("qemu-system-x86_64"):
        print("50 QEMU VMs: skipped, qemu-system-x86_64 is not there")
        return
    tree = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    count = 50
    with Agent(0, 0) as agent:
        subprocess.run([os.path.join(tree, "examples/guests/build.sh"), agent.dir, "nano"],
                       check=True, stdout=subprocess.DEVNULL)
        guest = os.path.join(agent.dir, "nano.elf")
        floor = qemu_floor(guest, count, agent.dir)
        agent.write("cloud.yaml", CLOUD.replace("sim", "qemu").replace("  settings: %s\n", "")
                    .replace("1GiB", "16MiB") + f"  images: {{ nano: {{ kernel: {guest} }} }}\n")
        agent.write("vms.yaml", (DEPLOYMENT % (0, count)).replace("debian-12", "nano"))
        os.environ["MUSTER_PLUGIN_PATH"] = BUILD
        began = time.monotonic()
        agent.start()
        agent.wait(lambda: agent.is_converged(count), 120)
        row(f"{count} QEMU VMs from nothing to converged, wall", time.monotonic() - began, floor, 0, "s")
        agent.stop()
        destroy_all(agent)


def destroy_all(agent):
    """Ends the VMs; the agent, which would start them again, has ended."""
    for root, _, files in os.walk(os.path.join(agent.state, "plugins")):
        if "qemu.pid" not in files:
            continue
        with open(os.path.join(root, "qemu.pid"), encoding="ascii") as file:
            pid = int(file.read())
        if "qemu-system" in os.readlink(f"/proc/{pid}/exe"):
            os.kill(pid, signal.SIGKILL)


BENCHES = {"memory": bench_memory, "start": bench_start, "commit": bench_commit, "qemu": bench_qemu}

for wanted in sys.argv[2:] or BENCHES:
    BENCHES[wanted]()
