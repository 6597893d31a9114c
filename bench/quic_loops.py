"""Bare QUIC loops to compare with: bytes from memory to nowhere, between two processes, over loopback.

    python bench/quic_loops.py iroh|aioquic MEGABYTES

prints the seconds from the first question to the last byte. iroh is used as Salon uses it, mended and in pieces of
256 KiB; aioquic with its datagrams and windows as large as they do it good, and with what is on the way bounded.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PIECE = 256 * 1024
_STEP = 1 << 20  # bytes after which the receiver of aioquic's says that they are there
_AHEAD = 8  # steps that its sender does not wait for
_PROTOCOL = "salon-bench"


def loop_seconds(kind: str, megabytes: int) -> float:
    """Run this program; what it prints."""
    command = [sys.executable, __file__, kind, str(megabytes)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise RuntimeError(f"{kind}: {done.stderr[-300:]}")
    return float(done.stdout)


# iroh


async def send_by_iroh(size: int) -> None:
    from salon.ground.quic import bind, each_family

    endpoint = await bind(each_family(), protocols=[_PROTOCOL.encode()])
    print(endpoint.id, endpoint.addresses[0], flush=True)
    async for arrival in endpoint.arrivals():
        connection = await arrival.let_in()
        stream = await connection.accept()
        await stream.read()
        data = os.urandom(PIECE)
        for _ in range(size // PIECE):
            await stream.write(data)
        await stream.end()
        with suppress(ConnectionError):  # the other side has all, and is gone
            await stream.taken()
        break
    await endpoint.close()


async def receive_by_iroh(size: int, place: list[str]) -> float:
    from salon.ground.quic import bind, each_family

    endpoint = await bind(each_family())
    connection = await endpoint.connect(place[0], [place[1]], _PROTOCOL.encode())
    stream = await connection.open()
    begin, left = time.monotonic(), size
    await stream.write(b"?")
    while left:
        left -= len(await stream.read())
    seconds = time.monotonic() - begin
    connection.close()
    await endpoint.close()
    return seconds


# aioquic, which is installed for this alone: no checker need know it


def _configuration(*, client: bool) -> Any:
    return import_module("aioquic.quic.configuration").QuicConfiguration(
        is_client=client,
        alpn_protocols=[_PROTOCOL],
        max_data=64 << 20,
        max_stream_data=32 << 20,
        max_datagram_size=1452,
        verify_mode=0,
    )


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    x509 = import_module("cryptography.x509")
    hashes, serialization = (
        import_module(f"cryptography.hazmat.primitives.{name}") for name in ("hashes", "serialization")
    )
    ec = import_module("cryptography.hazmat.primitives.asymmetric.ec")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime(2026, 1, 1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(today).not_valid_after(today + timedelta(days=36500))
    certificate = builder.sign(key, hashes.SHA256())
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return paths


async def send_by_aioquic(size: int) -> None:
    library = import_module("aioquic.asyncio")
    came = import_module("aioquic.quic.events").StreamDataReceived
    data = os.urandom(_STEP)
    done = asyncio.Event()

    class Sender(library.QuicConnectionProtocol):  # type: ignore[misc,name-defined]
        left = size // _STEP

        def quic_event_received(self, event: Any) -> None:
            if isinstance(event, came):  # a byte for each step that may go out
                for _ in event.data:
                    if self.left:
                        self.left -= 1
                        self._quic.send_stream_data(event.stream_id, data)
                if event.end_stream:
                    done.set()

    with TemporaryDirectory() as folder:
        configuration = _configuration(client=False)
        configuration.load_cert_chain(*_certificate(Path(folder)))
        server = await library.serve("127.0.0.1", 0, configuration=configuration, create_protocol=Sender)
        transport: Any = server._transport
        host, port = transport.get_extra_info("sockname")
        print("-", f"{host}:{port}", flush=True)
        await done.wait()
        server.close()


async def receive_by_aioquic(size: int, place: list[str]) -> float:
    library = import_module("aioquic.asyncio")
    came = import_module("aioquic.quic.events").StreamDataReceived
    done = asyncio.Event()

    class Receiver(library.QuicConnectionProtocol):  # type: ignore[misc,name-defined]
        received = 0

        def quic_event_received(self, event: Any) -> None:
            if isinstance(event, came):
                before, self.received = self.received // _STEP, self.received + len(event.data)
                if self.received == size:
                    self._quic.send_stream_data(event.stream_id, b"", end_stream=True)
                    done.set()
                elif self.received // _STEP > before:
                    self._quic.send_stream_data(event.stream_id, b"." * (self.received // _STEP - before))

    host, port = place[1].split(":")
    configuration = _configuration(client=True)
    async with library.connect(host, int(port), configuration=configuration, create_protocol=Receiver) as line:
        begin = time.monotonic()
        stream: Any = line._quic.get_next_available_stream_id()
        line._quic.send_stream_data(stream, b"." * _AHEAD)
        line.transmit()
        await done.wait()
        seconds = time.monotonic() - begin
        line.transmit()
    return seconds


_SEND = {"iroh": send_by_iroh, "aioquic": send_by_aioquic}
_RECEIVE = {"iroh": receive_by_iroh, "aioquic": receive_by_aioquic}


def main() -> None:
    kind, megabytes = sys.argv[1], int(sys.argv[2])
    size = megabytes * (1 << 20)
    if "send" in sys.argv:
        asyncio.run(_SEND[kind](size))
        return
    sender = subprocess.Popen([sys.executable, __file__, *sys.argv[1:3], "send"], stdout=subprocess.PIPE, text=True)
    assert sender.stdout is not None
    try:
        place = sender.stdout.readline().split()
        print(asyncio.run(_RECEIVE[kind](size, place)))
        sender.wait(timeout=10)
    finally:
        sender.kill()
        sender.wait()
        sender.stdout.close()


if __name__ == "__main__":
    main()
