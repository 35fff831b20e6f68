#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""muster status --watch on a terminal: a pseudo-terminal, and as much of its screen as matters here."""
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios

from muster import CLOUD, DEADLINE_S, MUSTER, Agent, environment, folders, main, shop, until, write

TOKEN = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])|[^\x1b]")
ALL_MODES = {"1049", "25", "7"}


class Terminal:
    """What a person would see; a code that it does not know is an error."""

    def __init__(self, rows=24, columns=100):
        self.ours, self.theirs = pty.openpty()
        # Switched on by "h"; a terminal begins with a cursor, and wraps lines.
        self.modes, self.draws, self.scrolls, self.pending = {"25", "7"}, 0, 0, ""
        self.lines, self.row, self.column = [""], 0, 0
        self.resize(rows, columns)

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def put(self, char):
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.row += 1
            self.scrolls += self.row >= self.rows
            self.lines += [""] * (self.row + 1 - len(self.lines))
        elif self.column < self.columns or "7" in self.modes:
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[:self.column] + char + line[self.column + 1:]
            self.column += 1

    def code(self, private, number, letter):
        if private:
            assert number in ALL_MODES, number
            (self.modes.add if letter == "h" else self.modes.discard)(number)
        elif letter == "H":
            self.row = self.column = 0
            self.draws += 1
        elif letter == "K":
            self.lines[self.row] = self.lines[self.row][:self.column]
        elif letter == "J":
            del self.lines[1 if number == "2" else self.row + 1:]
        else:
            assert letter == "m", (number, letter)

    def screen(self):
        while select.select([self.ours], [], [], 0)[0]:
            self.pending += os.read(self.ours, 65536).decode(errors="replace")
        while found := TOKEN.match(self.pending):
            self.pending = self.pending[found.end():]
            if found[3]:
                self.code(*found.groups())
            else:
                self.put(found[0])
        return "\n".join(self.lines)


@contextlib.contextmanager
def watching(state, terminal, *args):
    process = subprocess.Popen([MUSTER, "status", "-s", state, "--watch", *args], stdin=terminal.theirs,
                               stdout=terminal.theirs, stderr=terminal.theirs, start_new_session=True,
                               preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
                               env=environment(TERM="xterm", NO_COLOR="1"))
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def check_redraws_in_place_and_gives_the_terminal_back():
    with folders() as (manifests, state), Agent(manifests, state) as agent:
        agent.until_converged(3)
        terminal = Terminal()
        settings = termios.tcgetattr(terminal.theirs)
        with watching(state, terminal) as watcher:
            until("it is drawn", lambda: re.search("shop +3/3", terminal.screen()))
            assert terminal.modes == {"1049"}, "another screen, no cursor, lines are cut"
            write(manifests, {"shop.yaml": shop(3)})
            until("it is drawn anew", lambda: re.search("shop +4/4", terminal.screen()))
            assert terminal.draws > 1 and terminal.scrolls == 0
            assert terminal.screen().count("DEPLOYMENT") == 1, "over what was there"
            os.write(terminal.ours, b"\x03")
            assert watcher.wait(DEADLINE_S) == -signal.SIGINT
        terminal.screen()
        assert terminal.modes == {"25", "7"}, terminal.modes
        assert termios.tcgetattr(terminal.theirs) == settings


def check_follows_the_size():
    deployments = {f"{name}.yaml": shop(1).replace("name: shop", f"name: {name}") for name in ("a", "b", "c", "d")}
    with folders({"cloud.yaml": CLOUD, **deployments}) as (manifests, state), Agent(manifests, state) as agent:
        for name in "abcd":
            agent.until_converged(2, name)
        terminal = Terminal(24, 100)
        with watching(state, terminal) as watcher:
            until("all is drawn", lambda: "lab" in terminal.screen())
            draws = terminal.draws
            terminal.resize(5, 30)
            until("the small one", lambda: "lab" not in terminal.screen() and terminal.draws > draws)
            lines = terminal.screen().split("\n")
            assert len(lines) <= 5 and all(len(line) <= 30 for line in lines), lines
            assert terminal.scrolls == 0
            terminal.resize(24, 100)
            until("all again", lambda: "lab" in terminal.screen())
            watcher.send_signal(signal.SIGTERM)
            assert watcher.wait(DEADLINE_S) == -signal.SIGTERM
        terminal.screen()
        assert terminal.modes == {"25", "7"}


def check_stopped_and_continued():
    with folders() as (manifests, state), Agent(manifests, state) as agent:
        agent.until_converged(3)
        terminal = Terminal()
        with watching(state, terminal) as watcher:
            until("it is drawn", lambda: "3/3" in terminal.screen())
            watcher.send_signal(signal.SIGTSTP)
            until("it stands", lambda: os.waitpid(watcher.pid, os.WUNTRACED | os.WNOHANG)[0])
            terminal.screen()
            assert terminal.modes == {"25", "7"}
            watcher.send_signal(signal.SIGCONT)
            until("it goes on", lambda: terminal.screen() and terminal.modes == {"1049"})


main(globals())
