# SPDX-License-Identifier: GPL-2.0-or-later
"""The agent's side of the connector protocol, for tests of a plugin program."""
import json
import os
import queue
import subprocess
import threading
import time


class Fault(Exception):
    """An error answer."""

    def __init__(self, error):
        super().__init__(error.get("message"))
        self.fault = (error.get("data") or {}).get("class", "internal")
        self.text = error.get("message", "")


class Plugin:
    """One run of the program in the directory cwd."""

    def __init__(self, cwd, settings=None, opened=True, preexec=None, prefix=()):
        os.makedirs(cwd, exist_ok=True)
        self.log = open(os.path.join(cwd, "stderr.log"), "a+")
        path = os.path.join(os.environ["G_TEST_BUILDDIR"], "muster-connector-qemu")
        self.process = subprocess.Popen([*prefix, path], cwd=cwd, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log,
                                        preexec_fn=preexec)
        self.next_id = 0
        self.answers = {}
        self.notes = queue.Queue()
        self.arrived = threading.Condition()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if opened:
            self.hello = self.call("hello", protocol=1, agent="test")
            self.call("open", cloud="here", owner="o1", settings=settings or {}, credentials={})

    def _read(self):
        for line in self.process.stdout:
            message = json.loads(line)
            if "method" in message:
                self.notes.put((time.monotonic(), message["method"], message.get("params")))
                continue
            with self.arrived:
                self.answers[message["id"]] = message
                self.arrived.notify_all()

    def send(self, method, **params):
        self.next_id += 1
        message = {"jsonrpc": "2.0", "id": self.next_id, "method": method,
                   "params": dict(params, deadline_ms=30000)}
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()
        return self.next_id

    def take(self, number, timeout=40):
        with self.arrived:
            if not self.arrived.wait_for(lambda: number in self.answers, timeout):
                raise TimeoutError("no answer to %s" % number)
            answer = self.answers.pop(number)
        if "error" in answer:
            raise Fault(answer["error"])
        return answer["result"]

    def call(self, method, **params):
        return self.take(self.send(method, **params))

    def note(self, method, timeout=5):
        """Waits for a notification; when it came."""
        until = time.monotonic() + timeout
        while True:
            at, name, params = self.notes.get(timeout=max(0.01, until - time.monotonic()))
            if name == method:
                return at, params

    def forget_notes(self):
        while not self.notes.empty():
            self.notes.get()

    def list(self):
        answer = self.call("list")
        assert answer["complete"]
        return {i["id"]: i for i in answer["instances"]}

    def wait(self, check, timeout=20, what="state"):
        """Lists until check(instances) is true."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            instances = self.list()
            if check(instances):
                return instances
            time.sleep(0.05)
        raise TimeoutError("%s not reached: %s" % (what, json.dumps(self.list())))

    def wait_state(self, name, state, timeout=20):
        return self.wait(lambda all: all.get(name, {}).get("state") == state, timeout,
                         "%s %s" % (name, state))[name]

    def wait_gone(self, *names, timeout=20):
        self.wait(lambda all: not set(names) & set(all), timeout, "gone")

    def end(self):
        """As the agent ends it: by closing its input. Its exit code."""
        self.process.stdin.close()
        code = self.process.wait(10)
        self.reader.join(5)
        self.process.stdout.close()
        self.log.close()
        return code

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.reader.join(5)
        self.process.stdin.close()
        self.process.stdout.close()
        self.log.close()


def order(name, uid=None, user_data=None):
    uid = uid or name + "-uid"
    return {"key": "shop/web/1", "uid": uid, "name": name, "user_data": user_data,
            "marks": {"owner": "o1", "member": "shop/web/1", "uid": uid, "spec": "i1",
                      "protected": False}}


def create_params(name, image, uid=None, user_data=None, cpus=1, memory=16 << 20, disk=0, **more):
    params = {"orders": [order(name, uid, user_data)], "image": image,
              "size": {"cpus": cpus, "memory_bytes": memory, "disk_bytes": disk},
              "ssh_keys": [], "networks": [], "firewall": [], "labels": {}}
    params.update(more)
    return params


def created(answer):
    """The id in the answer to a create of one."""
    result = answer["results"][0]
    if "error" in result:
        raise Fault({"message": result["error"]["text"], "data": result["error"]})
    return result["instance"]
