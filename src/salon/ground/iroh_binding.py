"""iroh's Python binding, loaded when it is first wanted, and mended.

The binding is generated. As shipped it hands `bytes` to Rust one by one, in a loop in Python: 6 MB a second, whatever
the network can do. With one copy by the system instead, it is as fast as the library behind it. Only the version in
which this was read is mended; in another one the binding stays as it comes, slow and right.
"""

import ctypes
from functools import cache
from importlib.metadata import version
from typing import Any

from salon.ground.modules import optional

MENDED = "1.2.0"


@cache
def binding() -> Any:
    """The generated module; None where there is no build of it for this system. Takes some 40 ms and 5 MB, once."""
    module = optional("iroh.iroh_ffi")
    if module is not None and version("iroh") == MENDED:
        module._UniffiRustBufferBuilder.write = _write
    return module


def _write(self: Any, value: bytes) -> None:
    """Append bytes to a buffer of Rust's."""
    size = len(value)
    with self._reserve(size):
        if size:
            ctypes.memmove(ctypes.addressof(self.rbuf.data.contents) + self.rbuf.len, bytes(value), size)
