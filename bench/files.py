"""Files beside nginx, and `salon get` and `salon send` beside curl.

    python bench/files.py [MEGABYTES]

The same curl downloads the same file from Salon and from nginx, and uploads new bytes to both: to Salon by tus, which
answers once the file is synced and on the shelf, and to nginx by PUT, followed by a sync of what it wrote. Then `salon
get`, which hashes what comes and syncs it, beside a curl that only writes it down; and, since that hash cannot be
shared among cores, what the hash alone would be. In turn, medians of seven.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
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

ROUNDS = 7
DOWN_WANTED, UP_WANTED, GET_WANTED = 0.9, 0.5, 0.6
ROOM = "bench"
_PIECE = 1 << 20
_READY_SECONDS = 10.0
_CURL_SECONDS = 600
_CONFIGURATION = """
worker_processes 1; daemon off; error_log /dev/null; pid {folder}/pid; {user}
events {{}}
http {{
    access_log off; sendfile on; client_max_body_size 0; client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}; location /up/ {{ dav_methods PUT; }} }}
}}
"""


@contextmanager
def nginx(folder: Path) -> Iterator[int]:
    """An nginx with one worker that serves this folder and takes files in its folder `up`; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, port=port, user=user))
    process = subprocess.Popen([_program("nginx"), "-c", configuration, "-e", "/dev/null"], stderr=subprocess.DEVNULL)
    try:
        _await(port, process)
        yield port
    finally:
        process.terminate()
        process.wait()


def _await(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise BenchError("nginx did not start.")


def _program(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        raise BenchError(f"There is no {name} (Debian: nginx-light, curl).")
    return program


def curl(*words: str) -> tuple[str, float]:
    """What curl printed, and the seconds that it took."""
    begin = time.monotonic()
    command = [_program("curl"), "-s", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_CURL_SECONDS, check=False)
    if done.returncode:
        raise BenchError(f"curl ended with status {done.returncode}.")
    return done.stdout, time.monotonic() - begin


def down(url: str) -> float:
    """Seconds to download it to nowhere."""
    _, seconds = curl("-o", os.devnull, url)
    return seconds


def up_by_tus(base: str, name: str, file: Path) -> float:
    """Seconds to upload it, from the first byte to the answer that it is on the shelf."""
    values = {"filename": name, "room": ROOM, "name": "bench"}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())
    tus = ("-H", "Tus-Resumable: 1.0.0")
    size = ("-H", f"Upload-Length: {file.stat().st_size}", "-H", f"Upload-Metadata: {metadata}")
    head, _ = curl("-D", "-", "-o", os.devnull, "-X", "POST", *tus, *size, f"{base}/uploads")
    place = re.search(r"(?im)^location:\s*(\S+)", head)
    if place is None:
        raise BenchError(f"No upload could be begun: {head[:200]!r}")
    body = ("-H", "Upload-Offset: 0", "-H", "Content-Type: application/offset+octet-stream", "-H", "Expect:")
    shown = ("-o", os.devnull, "-w", "%{http_code}")
    status, seconds = curl("-X", "PATCH", *tus, *body, *shown, "-T", str(file), f"{base}{place[1]}")
    if status != "204":
        raise BenchError(f"The upload was answered with {status}.")
    return seconds


def up_by_put(base: str, folder: Path, name: str, file: Path) -> float:
    """Seconds to upload it to nginx and have it synced."""
    shown = ("-o", os.devnull, "-w", "%{http_code}")
    status, seconds = curl("-X", "PUT", "-H", "Expect:", *shown, "-T", str(file), f"{base}/up/{name}")
    if status not in ("201", "204"):
        raise BenchError(f"nginx answered {status}.")
    begin = time.monotonic()
    with (folder / "up" / name).open("rb") as written:
        os.fsync(written.fileno())
    (folder / "up" / name).unlink()
    return seconds + time.monotonic() - begin


def timed(command: list[str], folder: Path) -> float:
    """Seconds of a `salon` command. Raises BenchError where it fails."""
    environment = {**os.environ, "XDG_STATE_HOME": str(folder), "HOME": str(folder)}
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "salon", *command], cwd=folder, env=environment, capture_output=True, check=False
    )
    if done.returncode:
        raise BenchError(f"salon {command[0]}: {done.stderr.decode()[-200:]}")
    return time.monotonic() - begin


def hashed(size: int) -> float:
    """Seconds to hash so many bytes that are in the processor's cache: what no download that verifies can beat."""
    piece, sha256 = bytes(_PIECE // 4), hashlib.sha256()
    begin = time.monotonic()
    for _ in range(size // len(piece)):
        sha256.update(piece)
    return time.monotonic() - begin


def alter(file: Path, offset: int = 0) -> None:
    """Make it a file that is stored nowhere yet."""
    with file.open("r+b") as bytes_of_it:
        bytes_of_it.seek(offset)
        bytes_of_it.write(os.urandom(64))


def ratios(theirs: Callable[[int], float], ours: Callable[[int], float]) -> list[float]:
    """How many times as fast as they we were, in each round."""
    return [theirs(number) / ours(number) for number in range(ROUNDS)]


def measure(folder: Path, base: str, beside: str, place: list[str], file: Path) -> Iterator[Figure]:
    """The figures, one after the other."""
    timed(["send", *place, str(file)], folder)
    shelved = f"{base}/rooms/{ROOM}/files/{file.name}"
    found = ratios(lambda _: down(f"{beside}/{file.name}"), lambda _: down(shelved))
    yield Figure("download, of nginx", statistics.median(found), "x", DOWN_WANTED, "at least")

    def put(number: int) -> float:
        alter(file)
        os.sync()
        return up_by_put(beside, folder, f"up{number}", file)

    def patch(number: int) -> float:
        alter(file)
        os.sync()
        return up_by_tus(base, f"up{number}", file)

    yield Figure("upload, of nginx and a sync", statistics.median(ratios(put, patch)), "x", UP_WANTED, "at least")
    saved, size = folder / "saved", file.stat().st_size

    def get(_: int) -> float:
        saved.unlink(missing_ok=True)
        return timed(["get", *place, file.name, "-o", str(saved)], folder)

    def write_down(_: int) -> float:
        saved.unlink(missing_ok=True)
        return curl("-o", str(saved), shelved)[1]

    yield Figure(
        "salon get, of curl to a file", statistics.median(ratios(write_down, get)), "x", GET_WANTED, "at least"
    )
    yield Figure("SHA-256 alone, of curl to a file", statistics.median(ratios(write_down, lambda _: hashed(size))), "x")


def main() -> None:
    """Print the figures."""
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 256
    with TemporaryDirectory(prefix="salon-bench-") as name, salon() as server:
        folder = Path(name)
        (folder / "up").mkdir()
        file = folder / "big"
        with file.open("wb") as big:
            for _ in range(megabytes * 1_000_000 // _PIECE):
                big.write(os.urandom(_PIECE))
        place = ["--server", f"127.0.0.1:{server.port}", "--room", ROOM]
        print(f"{megabytes} MB on loopback; medians of {ROUNDS} rounds.")
        with nginx(folder) as port:
            base, beside = f"http://127.0.0.1:{server.port}", f"http://127.0.0.1:{port}"
            for figure in measure(folder, base, beside, place, file):
                print(figure, flush=True)
        print(Figure("server, after that", server.resident / 1e6, "MB"))


if __name__ == "__main__":
    sys.exit(run(main))
