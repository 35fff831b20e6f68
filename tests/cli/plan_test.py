#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""muster plan and apply on the simulated cloud: what they print, and their exit codes."""
import os
import pty
import signal
import subprocess
import time

from muster import CLOUD, MUSTER, config, environment, expect, folders, main, run, running, shop, write


def plan(manifests, state, *args, **options):
    return run("plan", "--manifests", manifests, "--state", state, *args, **options)


def apply(manifests, state, *args, **options):
    return run("apply", "--manifests", manifests, "--state", state, "--config", config(manifests), "--timeout", "50s",
               *args, **options)


def check_plan_of_a_new_fleet():
    with folders() as (manifests, state):
        result = expect(plan(manifests, state), 3, [
            "shop  (1 cloud)\n", "  + shop/db/1 ", "create   small on lab", "shop.yaml:7",
            "  ! shop/web/1 ", "waits for shop/db", "after: [db]",
            "Plan: 1 to create, 0 to change, 0 to destroy, 2 held.\n"])
        assert result.err == "" and "\x1b" not in result.out, result
        assert os.listdir(state) == [], "a plan leaves nothing behind"


def check_plan_as_json():
    with folders() as (manifests, state):
        document = expect(plan(manifests, state, "-o", "json"), 3).json()
        assert document["has_changes"] is True
        assert document["summary"]["create"] == 1
        assert document["plans"][0]["actions"][0]["key"] == "shop/db/1"


def check_plan_of_nothing():
    with folders({"cloud.yaml": CLOUD}) as (manifests, state):
        expect(plan(manifests, state), 0, "Nothing to do.")
        assert expect(plan(manifests, state, "-o", "json"), 0).json()["has_changes"] is False
        expect(plan(manifests, f"{state}/not/there"), 0, "Nothing to do.")


def check_plan_warns_of_what_is_bad_and_plans_the_rest():
    with folders() as (manifests, state):
        write(manifests, {"bad.yaml": "kind: Deplyment\n", "blog.yaml": shop().replace("name: shop", "name: blog")})
        result = expect(plan(manifests, state), 3, ["+ shop/db/1", "+ blog/db/1"], ["bad.yaml:1:7: "])
        assert "bad.yaml" not in result.out


def check_plan_says_what_keeps_a_stale_document_in_force():
    with folders() as (manifests, state):
        expect(apply(manifests, state), 0)
        write(manifests, {"shop.yaml": shop().replace("count: 2", "cuont: 2")})
        expect(plan(manifests, state), 3, "shop/db/1",
               ['shop.yaml:9:7: ', 'deployment "shop" is bad now; its last good version stays in force'])


def check_plan_of_a_cloud_that_does_not_answer():
    slow = CLOUD.replace("latency: 1ms", "latency: 60s")
    with folders({"cloud.yaml": slow, "shop.yaml": shop()}) as (manifests, state):
        expect(plan(manifests, state, "--timeout", "1s"), 3, "held", ["0 of 1 clouds", "--timeout"])


def check_progress_within_a_second_or_so():
    slow = CLOUD.replace("latency: 1ms", "latency: 1h")
    with folders({"cloud.yaml": slow, "shop.yaml": shop()}) as (manifests, state):
        begun = time.monotonic()
        with running("plan", "-m", manifests, "-s", state, stderr=subprocess.PIPE) as process:
            assert process.stderr.readline() == "looking: 0 of 1 clouds listed, 3 held\n"
            assert time.monotonic() - begun < 5, "1 s on a machine that does nothing else"


def check_manifests_are_missing():
    with folders() as (manifests, state):
        for command in ("plan", "apply"):
            result = expect(run(command, "--manifests", f"{manifests}/not", "--state", state, timeout=20), 1,
                            err=["muster: ", f"{manifests}/not"])
            assert result.err.count("muster: ") == 1, result
            expect(run(command, "--state", state, timeout=20), 1, err="--manifests")


def check_apply():
    with folders() as (manifests, state):
        result = expect(apply(manifests, state), 0, "Converged: 1 deployment, 3 members ready.")
        assert "of 3 members ready" in result.err, "progress is said"
        expect(run("events", "--state", state), 0, ["operation-done", "shop/web/2", "deployment-converged"])


def check_apply_to_observe():
    with folders() as (manifests, state):
        expect(apply(manifests, state, "--observe"), 3, "+ shop/db/1")
        assert os.listdir(state) == []


def check_apply_that_cannot_be_done():
    with folders() as (manifests, state):
        write(manifests, {"shop.yaml": shop().replace("size: small", "size: gigantic")})
        expect(apply(manifests, state), 1, "gigantic", "muster: ")


def check_apply_with_a_bad_document_is_not_success():
    with folders() as (manifests, state):
        write(manifests, {"bad.yaml": "kind: Deplyment\n"})
        expect(apply(manifests, state), 1, "3 members ready", "bad.yaml:1:7: ")


def check_apply_in_time():
    slow = CLOUD.replace("bootTime: 100ms", "bootTime: 1h")
    with folders({"cloud.yaml": slow, "shop.yaml": shop()}) as (manifests, state):
        expect(run("apply", "-m", manifests, "-s", state, "-t", "1s"), 1, "shop/db/1", "the time is up")


def check_apply_stops_at_a_signal():
    slow = CLOUD.replace("bootTime: 100ms", "bootTime: 1h")
    with folders({"cloud.yaml": slow, "shop.yaml": shop()}) as (manifests, state):
        process = subprocess.Popen([MUSTER, "apply", "-m", manifests, "-s", state], env=environment(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert "of 3 members ready" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert process.returncode == 1 and "stopped; what is under way is kept" in err, (out, err)


def on_a_terminal(*args, **more):
    """What is printed when standard output and error are a terminal."""
    leader, follower = pty.openpty()
    with subprocess.Popen([MUSTER, *args], env=environment(TERM="xterm", **more), stdin=subprocess.DEVNULL,
                          stdout=follower, stderr=follower) as process:
        os.close(follower)
        text = b""
        while True:
            try:
                text += os.read(leader, 65536)
            except OSError:
                break
        process.wait()
    os.close(leader)
    return text.decode()


def check_colour_on_a_terminal_only():
    with folders() as (manifests, state):
        args = ("plan", "--manifests", manifests, "--state", state)
        assert "\x1b[" in on_a_terminal(*args)
        assert "\x1b[3" not in on_a_terminal(*args, NO_COLOR="1")
        assert "\x1b" not in plan(manifests, state).out


main(globals())
