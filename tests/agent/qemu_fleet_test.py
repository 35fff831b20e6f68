#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The agent and twenty real VMs: made, killed, resized, adopted, damaged, and gone at the end.

The checks share one house of VMs, each begins by putting it in order; so each can be run alone."""
import json
import os
import signal
import sys

from house import ABSENT, STRANGER, House, lab, main, members, need, shop

ALL = members()
SAFE = """apiVersion: muster/v1
kind: Deployment
metadata: { name: safe }
spec:
  cloud: here
  components:
    vault: { count: %d, image: nano, size: tiny, protect: %s }
"""
houses = []


def stranger_make(house):
    """A VM of another installation, with the name and the member of one of ours."""
    plugin = house.room.start()
    params = lab.create_params(STRANGER, lab.nano())
    params["orders"][0]["marks"].update(owner="other", uid="other")
    lab.created(plugin.call("create", **params))
    house.room.console(STRANGER, "GUEST-UP")
    plugin.end()
    house.stranger = house.room.pid(STRANGER), house.room.read(STRANGER, "vm.json")


def stranger_is_well(house):
    assert house.stranger == (house.room.pid(STRANGER), house.room.read(STRANGER, "vm.json"))
    assert "GUEST-DOWN" not in house.room.read(STRANGER, "console.log")


def standing(db=4, web=16):
    """The house with a shop of that size, all running and nothing left to do."""
    need()
    if not houses:
        houses.append(House())
        stranger_make(houses[0])
    house = houses[0]
    house.ask(shop(db, web))
    if not house.is_up():
        house.start()
    house.settled(members(db, web))
    house.each_is_one(house.stranger[0])
    return house


def demolish():
    while houses:
        houses.pop().close()


def kill(*vms):
    for vm in vms:
        os.kill(vm.pid, signal.SIGKILL)


def check_twenty_are_made():
    house = standing()
    assert house.deployment()["desired"] == 20
    for vm in house.vms():
        text = house.room.console(vm.name, "USER-DATA" if "/web/" in vm.member else "GUEST-UP")
        assert f"uuid={vm.uuid}" in text, (vm, text)
        if "/web/" in vm.member:
            assert f"USER-DATA I am {vm.member}; my database is at 127.0.0.1" in text, text
    begun = [e for e in house.events(0, "operation-begun", "member-ready") if e["deployment"] == "shop"]
    first = [e["name"] for e in begun].index("member-ready")
    webs = [n for n, e in enumerate(begun) if e["name"] == "operation-begun" and "/web/" in e["key"]]
    readies = [n for n, e in enumerate(begun) if e["name"] == "member-ready" and "/db/" in e["key"]]
    assert first < webs[0] and len(webs) == 16 and readies[3] < webs[0], "web comes after db"


def check_killed_ones_are_started_again():
    house = standing()
    keys = ("shop/db/1", "shop/web/2", "shop/web/9")
    before, last, victims = house.pids(), house.last_event(), house.of(*keys)
    kill(*victims)
    house.until("three others run", lambda: not {vm.pid for vm in victims} & {p for _, p in house.pids().values()}
                and house.runs(ALL))
    house.settled(ALL)
    after = house.pids()
    assert {k for k in ALL if before[k] != after[k]} == set(keys)
    assert [vm.name for vm in house.of(*keys)] == [vm.name for vm in victims], "the same instances"
    assert sorted(house.begun(last)) == sorted(("start", key) for key in keys), house.begun(last)
    for vm in victims:
        house.room.console(vm.name, "GUEST-UP", count=2)
    house.each_is_one(house.stranger[0])


def check_one_switched_off_behind_its_back_is_started_again():
    house = standing()
    [vm] = house.of("shop/web/3")
    starts = len(house.starts(vm))
    last = house.last_event()
    house.press(vm)
    house.until("it is started again", lambda: house.runs(ALL) and len(house.starts(vm)) > starts)
    house.settled(ALL)
    assert "GUEST-DOWN power button" in house.room.read(vm.name, "console.log")
    assert house.begun(last) == [("start", "shop/web/3")], house.begun(last)


def check_resize_is_by_restart():
    house = standing()
    dbs = [f"shop/db/{n}" for n in range(1, 5)]
    before, last, vms = house.pids(), house.last_event(), house.of(*dbs)
    house.put(shop=shop(size="bigger"))
    for vm in vms:
        house.until(f"{vm} is bigger", lambda vm=vm: house.starts(vm)[-1:] == [("24", "2")])
    house.settled(ALL)
    after = house.pids()
    assert {key for key in ALL if before[key] != after[key]} == set(dbs), "only those"
    assert [vm.uid for vm in house.of(*dbs)] == [vm.uid for vm in vms], "the same instances"
    begun = house.begun(last)
    for key in dbs:
        verbs = [verb for verb, k in begun if k == key]
        assert [verb for verb in verbs if verb != "mark"] == ["stop", "resize", "start"], begun
        # The mark follows what was asked for, once.
        assert verbs.count("mark") <= 1, begun


def check_scaling_down_takes_the_highest():
    house = standing()
    before, last = house.pids(), house.last_event()
    house.put(shop=shop(web=11))
    house.settled(members(web=11))
    assert house.pids() == {key: before[key] for key in members(web=11)}
    assert sorted(house.begun(last)) == sorted(("destroy", f"shop/web/{n}") for n in range(12, 17))
    house.each_is_one(house.stranger[0])


def made(house):
    return {vm.member: (vm.uid, vm.pid) for vm in house.vms() if vm.pid and vm.made}


def interrupt_growth(house, number):
    """Ends the agent in the middle of creations; what ran then, and how long it took to end."""
    house.put(shop=shop())
    house.until("some are made", lambda: len(made(house)) >= 8)
    took = house.stop(number)
    ran = made(house)
    assert 8 <= len(ran) < 20, "it was in the middle"
    return ran, took


def growth_goes_on(house, ran):
    house.start()
    house.settled(ALL)
    after = house.pids()
    assert {key: after[key] for key in ran} == ran, "those that ran were left alone"
    house.each_is_one(house.stranger[0])


def check_agent_killed_while_it_makes_more():
    house = standing(web=2)
    ran, _ = interrupt_growth(house, signal.SIGKILL)
    growth_goes_on(house, ran)


def check_agent_ended_while_it_makes_more():
    house = standing(web=2)
    ran, took = interrupt_growth(house, signal.SIGTERM)
    assert took < 1.0, f"SIGTERM took {took:.2f} s"
    growth_goes_on(house, ran)


def check_restarted_agent_leaves_all_alone():
    house = standing()
    before, last = house.pids(), house.last_event()
    for number in (signal.SIGTERM, signal.SIGKILL):
        house.stop(number)
        assert house.pids() == before, "VMs outlive the agent"
        house.start()
        house.has_looked()
        house.settled(ALL)
        assert house.pids() == before
    assert house.begun(last) == []


def check_lost_database():
    house = standing()
    before = house.pids()
    house.stop()
    for name in os.listdir(house.state):
        if name.startswith("muster.db"):
            os.unlink(f"{house.state}/{name}")
    house.start()
    house.has_looked()
    house.settled(ALL)
    assert house.pids() == before
    assert house.begun(0) == []
    adopted = [e["key"] for e in house.events(0, "instance-adopted")]
    assert sorted(adopted) == sorted(ALL), adopted


def check_damaged_directory():
    house = standing()
    key, other = "shop/web/5", "shop/web/6"
    [vm], [victim] = house.of(key), house.of(other)
    path, last = house.room.file(vm.name, "vm.json"), house.last_event()
    text = house.room.read(vm.name, "vm.json")
    with open(path, "w", encoding="ascii") as file:
        file.write(text[:40])
    try:
        house.until("it is told", lambda: house.member(key).get("state") == "unknown")
        kill(victim)
        house.until("another is repaired", lambda: house.of(other)[0].pid not in (0, victim.pid))
        house.stop()
        house.start()
        house.has_looked()
        told = house.until("it is told again", lambda: house.member(key).get("hold") and house.member(key))
        assert told["state"] == "unknown" and "vm.json" in json.dumps(told), told
        assert house.room.pid(vm.name) == vm.pid and house.room.read(vm.name, "vm.json") == text[:40]
        assert house.begun(last) == [("start", other)], house.begun(last)
        assert house.processes() == {p for _, p in house.pids().values()} | {vm.pid, house.stranger[0]}
    finally:
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
    house.settled(ALL)
    assert house.of(key)[0].pid == vm.pid and house.begun(last) == [("start", other)]


def check_protected_ones_stay():
    house = standing(db=1, web=0)
    vault = {"safe/vault/1", "safe/vault/2"}
    house.put(safe=SAFE % (2, "true"))
    house.settled(vault, "safe")
    before, last = house.pids(), house.last_event()
    for text in (SAFE % (1, "true"), SAFE % (1, "false"), ABSENT % "safe"):
        house.put(safe=text)
        house.until("removal is held", lambda: house.member("safe/vault/2").get("hold_reason") == "protected")
    house.has_looked()
    assert house.runs(vault, "safe") and {k: house.pids()[k] for k in vault} == {k: before[k] for k in vault}
    assert not [verb for verb, _ in house.begun(last) if verb == "destroy"]
    house.put(safe=SAFE % (2, "false"))
    house.settled(vault, "safe")
    house.until("protection is lifted", lambda: not any(
        m["protected"] for m in house.deployment("safe").get("members", [{"protected": True}])))
    house.put(safe=ABSENT % "safe")
    house.until("they are gone", lambda: house.runs(set(), "safe"))
    house.put(safe=None)


def check_broken_manifest():
    house = standing(web=4)
    before = house.pids()
    house.put(shop=shop(web=6).replace("count:", "cuont:"))
    house.until("it is told", lambda: house.deployment().get("stale"))
    assert "cuont" in json.dumps(house.get("/v1/findings"))
    kill(*house.of("shop/web/4"))
    house.until("the last good one is in force", lambda: house.pids().keys() == before.keys()
                and house.pids() != before)
    house.stop()
    house.start()
    house.has_looked()
    house.settled(members(web=4))
    assert house.deployment()["stale"]
    house.put(shop=shop(web=5))
    house.settled(members(web=5))
    assert not house.deployment()["stale"]


def check_missing_manifest_put_back():
    house = standing(web=4)
    before, last = house.pids(), house.last_event()
    house.put(shop=None)
    house.until("it is missed", lambda: house.deployment().get("missing_until_ms"))
    house.has_looked()
    assert {m["hold_reason"] for m in house.deployment()["members"]} == {"grace"}, house.deployment()
    house.stop()
    house.start()
    house.has_looked()
    assert house.deployment()["missing_until_ms"], "a restart forgives nothing"
    house.put(shop=shop(web=4))
    house.until("it is back", lambda: not house.deployment().get("missing_until_ms", 1))
    house.settled(members(web=4))
    assert house.pids() == before and house.begun(last) == []


def check_foreign_one_was_never_touched():
    house = standing(db=1, web=0)
    stranger_is_well(house)
    assert house.cloud()["foreign"] == 1, house.cloud()


def check_absent_goes_in_reverse():
    house = standing()
    last = house.last_event()
    house.put(shop=ABSENT % "shop")
    house.until("all are gone", lambda: not house.vms() and house.processes() == {house.stranger[0]})
    events = [e for e in house.events(last, "operation-begun") if e["after"] == "destroy"]
    order = [e["key"].split("/")[1] for e in events]
    assert order == ["web"] * 16 + ["db"] * 4, order
    house.until("the directory is tidy", lambda: sorted(os.listdir(f"{house.room.path}/vms")) == [".lock", STRANGER])
    stranger_is_well(house)


def check_grace_ends():
    house = standing(db=1, web=1)
    house.grace("1s")
    house.agent.send(signal.SIGHUP)
    house.put(shop=None)
    house.until("all are gone", lambda: not house.vms() and house.processes() == {house.stranger[0]})
    house.until("it is forgotten", lambda: not house.deployment())
    house.grace("2m")
    house.agent.send(signal.SIGHUP)
    assert house.stop() < 1.0
    stranger_is_well(house)


if __name__ == "__main__":
    wanted = sys.argv[1:]
    main({name: check for name, check in dict(globals()).items()
          if not wanted or any(word in name for word in wanted)}, demolish)
