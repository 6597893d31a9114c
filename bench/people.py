"""A file from person to person beside scp.

    python bench/people.py [MEGABYTES]

One `salon chat --share` hands out a file, `salon get --from` fetches it: directly over TCP, over QUIC, and through the
server. scp copies the same file through an sshd of its own on this machine. All begin as programs; Salon's hashes what
comes, compares it and syncs it, scp only writes it down. In the first of Salon's rounds the owner reads the file for
its hash before anything else. In turn, medians of five.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from figures import Figure
from servers import BenchError, run, salon

ROUNDS = 5
WANTED = {"tcp": 1.0, "quic": 0.4, "none": None}
NAMES = {"tcp": "directly over TCP", "quic": "directly over QUIC", "none": "through the server"}
_PIECE = 1 << 20
_READY_SECONDS = 10.0


@contextmanager
def sshd(folder: Path) -> Iterator[Callable[[Path, Path], None]]:
    """An sshd on this machine that lets in one key; what copies a file through it."""
    program = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None or shutil.which("scp") is None:
        raise BenchError("There is no scp to compare with (Debian: openssh-client, openssh-server).")
    for key in ("host", "client"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)]
        subprocess.run(command, check=True)
    shutil.copy(folder / "client.pub", folder / "allowed")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    port = _free_port()
    settings = [f"Port={port}", "ListenAddress=127.0.0.1", f"HostKey={folder}/host", "StrictModes=no", "UsePAM=no"]
    settings += [f"AuthorizedKeysFile={folder}/allowed", "PidFile=none", "Subsystem=sftp internal-sftp"]
    options = [part for setting in settings for part in ("-o", setting)]
    process = subprocess.Popen([program, "-D", "-f", "/dev/null", *options], stderr=subprocess.DEVNULL)
    client = ["-q", "-P", str(port), "-i", str(folder / "client"), "-o", "StrictHostKeyChecking=no"]
    client += ["-o", "UserKnownHostsFile=/dev/null", "-o", "IdentitiesOnly=yes"]

    def copy(source: Path, target: Path) -> None:
        done = subprocess.run(
            ["scp", *client, f"{getpass.getuser()}@127.0.0.1:{source}", str(target)], capture_output=True, check=False
        )
        if done.returncode:
            raise BenchError(f"scp failed: {done.stderr.decode()[-200:]}")

    try:
        _await(port, process)
        yield copy
    finally:
        process.terminate()
        process.wait()


@contextmanager
def sharing(folder: Path, port: int, direct: str) -> Iterator[None]:
    """Somebody who shares this folder."""
    environment = {**_environment(folder), "SALON_DIRECT": direct}
    command = [*_SALON, "chat", "--server", f"127.0.0.1:{port}", "--name", f"bob-{direct}", "--share", str(folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as owner:
        assert owner.stdin is not None
        assert owner.stdout is not None
        owner.stdin.write(b"here\n")
        owner.stdin.flush()
        owner.stdout.readline()  # what it said comes back: it is there
        try:
            yield
        finally:
            owner.stdin.close()
            owner.wait()


def get(folder: Path, port: int, name: str, direct: str, target: Path) -> None:
    """Fetch it from them."""
    command = ["get", name, "--from", f"bob-{direct}", "--server", f"127.0.0.1:{port}", "-o", str(target)]
    done = subprocess.run([*_SALON, *command], capture_output=True, env=_environment(folder), check=False)
    said = done.stderr.decode()
    way = {"tcp": "(direct)", "quic": "over UDP", "none": "through the server"}[direct]
    if done.returncode or way not in said:
        raise BenchError(f"salon get --from: {said[-200:]}")


_SALON = [sys.executable, "-m", "salon"]


def _environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(folder), "XDG_STATE_HOME": str(folder)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise BenchError("sshd did not start.")


def _seconds(work: Callable[[], object], target: Path) -> float:
    target.unlink(missing_ok=True)
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


def measure(folder: Path, port: int, copy: Callable[[Path, Path], None], file: Path) -> Iterator[Figure]:
    """The figures, one after the other."""
    target = folder / "target"
    for direct, wanted in WANTED.items():
        with sharing(file.parent, port, direct):

            def fetch(way: str = direct) -> None:
                get(folder, port, file.name, way, target)

            first = _seconds(fetch, target)
            ratios = [_seconds(lambda: copy(file, target), target) / first]
            yield Figure(f"{NAMES[direct]}, the first time, of scp", ratios[0], "x")
            ratios = []
            for _ in range(ROUNDS):
                theirs = _seconds(lambda: copy(file, target), target)
                ratios.append(theirs / _seconds(fetch, target))
            yield Figure(f"{NAMES[direct]}, of scp", statistics.median(ratios), "x", wanted, "at least")


def main() -> None:
    """Print the figures."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with TemporaryDirectory(prefix="salon-bench-") as name, salon() as server:
        folder = Path(name)
        shared = folder / "shared"
        shared.mkdir()
        file = shared / "big"
        with file.open("wb") as big:
            for _ in range(megabytes * 1_000_000 // _PIECE):
                big.write(os.urandom(_PIECE))
        os.sync()
        print(f"{megabytes} MB from person to person on loopback; medians of {ROUNDS} rounds.")
        with sshd(folder) as copy:
            for figure in measure(folder, server.port, copy, file):
                print(figure, flush=True)
        print(Figure("server, after that", server.resident / 1e6, "MB"))


if __name__ == "__main__":
    sys.exit(run(main))
