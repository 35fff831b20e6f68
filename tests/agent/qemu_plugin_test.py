#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The connector program dies under a running agent: the VMs run on, and none is made twice."""
import contextlib
import glob
import os
import signal

from house import House, main, members, need, shop

ALL = members(2, 8)
houses = []


@contextlib.contextmanager
def standing(db=2, web=8):
    need()
    house = House()
    houses.append(house)
    house.put(shop=shop(db, web))
    house.start()
    try:
        house.settled(members(db, web))
        yield house
    finally:
        houses.remove(house)
        house.close()


def demolish():
    while houses:
        houses.pop().close()


def plugin(house):
    """The process that is the agent's connector; None while there is none."""
    for path in glob.glob("/proc/[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError), open(path, encoding="ascii", errors="replace") as file:
            text = file.read()
            name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
            if name.startswith("muster-connect") and int(rest[1]) == house.agent.pid and rest[0] != "Z":
                return int(path.split("/")[2])
    return None


def plugin_kill(house):
    pid = plugin(house)
    assert pid, "there is a plugin"
    os.kill(pid, signal.SIGKILL)
    return pid


def another_is_up(house, *earlier):
    house.until("another plugin is up", lambda: (plugin(house) or earlier[0]) not in earlier
                and house.cloud().get("up"))


def check_killed_while_vms_run():
    with standing() as house:
        before, last = house.pids(), house.last_event()
        killed = plugin_kill(house)
        another_is_up(house, killed)
        house.has_looked()
        house.settled(ALL)
        assert house.pids() == before and house.begun(last) == []
        assert house.events(last, "cloud-down") and house.events(last, "cloud-up")
        house.each_is_one()


def check_a_vm_that_died_meanwhile_is_repaired():
    with standing() as house:
        [vm] = house.of("shop/web/3")
        last, killed = house.last_event(), plugin_kill(house)
        os.kill(vm.pid, signal.SIGKILL)
        another_is_up(house, killed)
        house.until("it is repaired", lambda: house.of("shop/web/3")[0].pid not in (0, vm.pid))
        house.settled(ALL)
        assert house.begun(last) == [("start", "shop/web/3")], house.begun(last)
        house.each_is_one()


def check_killed_while_it_makes_vms():
    with standing(1, 0) as house:
        before = house.pids()
        house.put(shop=shop(1, 15))
        killed = []
        for count in (3, 8):
            house.until("some are made", lambda n=count: len(house.pids()) >= n and house.cloud().get("up")
                        and plugin(house))
            killed.append(plugin_kill(house))
            another_is_up(house, *killed)
        house.settled(members(1, 15))
        assert house.pids()["shop/db/1"] == before["shop/db/1"]
        house.each_is_one()
        house.put(shop=shop(1, 0))
        house.settled(members(1, 0))
        house.each_is_one()


def check_killed_while_it_removes_vms():
    with standing(1, 11) as house:
        before = house.pids()
        house.put(shop=shop(1, 1))
        house.until("some are gone", lambda: len(house.pids()) < 12)
        another_is_up(house, plugin_kill(house))
        house.settled(members(1, 1))
        assert house.pids() == {key: before[key] for key in members(1, 1)}
        house.until("the directory is tidy", lambda: len(os.listdir(f"{house.room.path}/vms")) == 3)
        house.each_is_one()


def check_killed_agent_takes_its_plugin_along():
    with standing(1, 1) as house:
        before, last = house.pids(), house.last_event()
        os.kill(plugin(house), signal.SIGSTOP)
        house.stop(signal.SIGKILL)
        house.start()
        house.has_looked()
        house.settled(members(1, 1))
        assert house.pids() == before and house.begun(last) == []


if __name__ == "__main__":
    main(dict(globals()), demolish)
