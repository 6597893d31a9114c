"""A network of its own inside this machine, whose loopback loses what the test wants."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_RULE = "inet salon input meta l4proto udp"


class Namespace:
    """A network namespace of Linux's. `inside`: the words before a command that put it there."""

    def __init__(self, name: str) -> None:
        self.inside = ("ip", "netns", "exec", name)

    def lose(self, percent: int) -> None:
        """Drop so many of a hundred UDP datagrams from now on."""
        self._run("nft", "flush", "chain", "inet", "salon", "input")
        dice = f"numgen random mod 100 < {percent}".split() if percent < 100 else ()
        self._run("nft", "add", "rule", *_RULE.split(), *dice, "drop")

    def separate(self, port: int, far_port: int) -> None:
        """Let the UDP port be heard only by the hundred ports from `far_port` on: there is no way around a proxy."""
        ports = f"udp sport {port} udp dport != {far_port}-{far_port + 99} drop"
        self._run("nft", "add", "rule", "inet", "salon", "input", *ports.split())

    def set_up(self) -> None:
        self._run("ip", "link", "set", "lo", "up")
        self._run("nft", "add", "table", "inet", "salon")
        self._run("nft", "add", "chain", "inet", "salon", "input", "{ type filter hook input priority 0; }")

    def _run(self, *words: str) -> None:
        _run(*self.inside, *words)


@contextmanager
def namespace() -> Iterator[Namespace]:
    """A fresh one, gone afterwards. Skips the test where this machine cannot have one."""
    if not (shutil.which("ip") and shutil.which("nft")):
        pytest.skip("needs iproute2 and nftables")
    name = f"salon-test-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"cannot make a network namespace: {made.stderr.strip()}")
    try:
        network = Namespace(name)
        network.set_up()
        yield network
    finally:
        _run("ip", "netns", "delete", name)


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert not done.returncode, f"{' '.join(words)}: {done.stderr}"
