#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Images by path and by URL: found, fetched once, verified, and said what is wrong with."""
import contextlib
import hashlib
import http.server
import os
import re
import subprocess
import threading
import time

from lab import main, make, nano, refused, room
from plugin import Fault, create_params, created

MIB = 1 << 20


class Server:
    """Serves one file on loopback: slowly when told to, with or without ranges."""

    def __init__(self, content, delay_s=0.0, ranges=True):
        self.content = content
        self.requests = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.requests.append((self.path, self.headers.get("Range")))
                wanted = re.match(r"bytes=(\d+)-", self.headers.get("Range") or "")
                start = int(wanted[1]) if wanted and ranges else 0
                if "missing" in self.path:
                    self.send_error(404)
                    return
                self.send_response(206 if start else 200)
                if start:
                    self.send_header("Content-Range", "bytes %d-%d/%d" % (
                        start, len(outer.content) - 1, len(outer.content)))
                self.send_header("Content-Length", str(len(outer.content) - start))
                self.end_headers()
                with contextlib.suppress(OSError):
                    for at in range(start, len(outer.content), MIB // 4):
                        self.wfile.write(outer.content[at:at + MIB // 4])
                        time.sleep(delay_s)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = "http://127.0.0.1:%d/disk.img" % self.server.server_address[1]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def sum_of(content):
    return hashlib.sha256(content).hexdigest()


def make_patiently(plugin, name, image, **more):
    """As the engine does: a transient fault is tried again."""
    said = []
    for _ in range(60):
        try:
            return make(plugin, name, image, **more), said
        except Fault as wrong:
            if wrong.fault != "transient":
                raise
            said.append(wrong.text)
            time.sleep(0.2)
    raise TimeoutError(said)


def test_by_path():
    with room() as r:
        p = r.start(images=r.path + "/pictures")
        os.mkdir(r.path + "/pictures")
        with open(r.path + "/pictures/raw.img", "wb") as file:
            file.truncate(2 * MIB)
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", r.path + "/pictures/base.qcow2",
                        "4M"], check=True)
        make(p, "a", dict(nano(), path="raw.img"))
        make(p, "b", dict(nano(), path=r.path + "/pictures/base.qcow2"), disk=8 * MIB)
        listed = p.list()
        assert listed["a"]["size"]["disk_bytes"] == 2 * MIB
        assert listed["b"]["size"]["disk_bytes"] == 8 * MIB
        told = subprocess.run(["qemu-img", "info", "-U", r.file("b", "overlay.qcow2")], check=True,
                              capture_output=True, text=True).stdout
        assert "pictures/base.qcow2" in told, told


def test_what_is_wrong_is_named():
    with room() as r:
        p = r.start()
        with open(r.path + "/text", "w", encoding="ascii") as file:
            file.write("no disk, no kernel\n" * 100)
        short = dict(nano(), path="/dev/null")
        cases = [
            ({"name": "debian-12"}, "debian-12"),
            ({"path": "nosuch.qcow2"}, r.path + "/nosuch.qcow2"),
            ({"kernel": "/nosuch/vmlinuz"}, "/nosuch/vmlinuz"),
            ({"kernel": r.path + "/text"}, "kernel"),
            ({"kernel": nano()["kernel"], "initrd": "nosuch"}, "nosuch"),
            ({"path": "text", "format": "qcow2"}, "not a qcow2"),
            ({"path": "text", "format": "vmdk"}, "vmdk"),
            ({"pathh": "text"}, "pathh"),
            (short, "/dev/null"),
            ({"url": "http://127.0.0.1:1/x"}, "sha256"),
            ({"url": "gopher://127.0.0.1/x", "sha256": "0" * 64}, "gopher"),
        ]
        for image, word in cases:
            refused(lambda i=image: make_patiently(p, "a", i), "invalid", word)
        big = r.path + "/big.img"
        with open(big, "wb") as file:
            file.truncate(8 * MIB)
        refused(lambda: make(p, "a", {"path": big}, disk=4 * MIB), "invalid", "smaller", big)
        p.wait_gone("a")
        assert [n for n in os.listdir(r.path + "/vms") if n != ".lock"] == []


def test_by_url_once_for_many():
    content = os.urandom(3 * MIB)
    server = Server(content, delay_s=0.25)
    with room() as r, contextlib.closing(server):
        p = r.start()
        image = dict(nano(), url=server.url, sha256=sum_of(content).upper())
        params = [create_params(n, image) for n in ("a", "b", "c")]
        said, left = [], {n: x for n, x in zip("abc", params)}
        until = time.monotonic() + 20
        while left and time.monotonic() < until:
            asked = {n: p.send("create", **x) for n, x in left.items()}
            begun = time.monotonic()
            p.list()
            assert time.monotonic() - begun < 2
            for name, number in asked.items():
                try:
                    left.pop(created(p.take(number)))
                except Fault as wrong:
                    assert wrong.fault == "transient", wrong.text
                    said.append(wrong.text)
                    assert name in left
        assert not left
        assert len(server.requests) == 1, server.requests
        assert any("disk.img" in text and "of 3 MiB" in text for text in said), said
        assert "disk.img" in p.note("progress")[1]["text"]
        assert sorted(os.listdir(r.path + "/cache")) == [sum_of(content) + ".img"]


def test_two_clouds_with_one_cache():
    content = os.urandom(2 * MIB)
    server = Server(content, delay_s=0.1)
    with room() as r, room() as other, contextlib.closing(server):
        image = dict(nano(), url=server.url, sha256=sum_of(content))
        plugins = [r.start(cache=r.path + "/cache"), other.start(cache=r.path + "/cache")]
        asked = [p.send("create", **create_params("a", image)) for p in plugins]
        for p, number in zip(plugins, asked):
            with contextlib.suppress(Fault):
                p.take(number)
            make_patiently(p, "a", image)
        assert len(server.requests) == 1, server.requests


def test_a_file_url_and_a_wrong_sum():
    with room() as r:
        p = r.start(cache=r.path + "/elsewhere")
        content = os.urandom(MIB)
        with open(r.path + "/disk.img", "wb") as file:
            file.write(content)
        url = "file://" + r.path + "/disk.img"
        make_patiently(p, "a", dict(nano(), url=url, sha256=sum_of(content)))
        wrong = "0" * 64
        refused(lambda: make_patiently(p, "b", dict(nano(), url=url, sha256=wrong)), "invalid",
                wrong, sum_of(content))
        assert os.listdir(r.path + "/elsewhere") == [sum_of(content) + ".img"]
        assert list(p.list()) == ["a"]


def test_servers_that_fail():
    server = Server(b"x" * MIB)
    with room() as r, contextlib.closing(server):
        p = r.start()
        missing = dict(nano(), url=server.url + "/missing", sha256="1" * 64)
        refused(lambda: make_patiently(p, "a", missing), "invalid", "404")
        dead = dict(nano(), url="http://127.0.0.1:1/disk.img", sha256="2" * 64)
        refused(lambda: make(p, "a", dead), "transient", "127.0.0.1:1")
        assert not p.list()


def fetch_is_resumed(ranges):
    content = os.urandom(2 * MIB)
    server = Server(content, ranges=ranges)
    with room() as r, contextlib.closing(server):
        os.mkdir(r.path + "/cache")
        with open("%s/cache/%s.img.part" % (r.path, sum_of(content)), "wb") as file:
            file.write(content[:MIB])
        p = r.start()
        make_patiently(p, "a", dict(nano(), url=server.url, sha256=sum_of(content)))
        assert server.requests[0][1] == "bytes=%d-" % MIB, server.requests
        assert len(server.requests) == (1 if ranges else 2)


def test_a_fetch_goes_on_where_a_crash_left_it():
    fetch_is_resumed(True)


def test_a_server_without_ranges_starts_anew():
    fetch_is_resumed(False)


def test_a_crash_while_fetching():
    content = os.urandom(2 * MIB)
    server = Server(content, delay_s=0.2)
    with room() as r, contextlib.closing(server):
        p = r.start()
        image = dict(nano(), url=server.url, sha256=sum_of(content))
        p.send("create", **create_params("a", image))
        time.sleep(0.6)
        p.kill()
        q = r.start()
        make_patiently(q, "a", image)
        assert list(q.list()) == ["a"]
        assert q.end() == 0


if __name__ == "__main__":
    main(dict(globals()))
