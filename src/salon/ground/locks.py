"""Locks on open files that die with whoever holds them."""

import os

from salon.ground.modules import optional

fcntl = optional("fcntl")
msvcrt = optional("msvcrt")  # what Windows has instead

_BYTE = 0x7FFF_FFFE  # Windows locks bytes, and then keeps others from them; nobody looks for one there


def try_lock(descriptor: int) -> bool:
    """Lock an open file for this descriptor alone, until it is closed; False where another one holds it."""
    try:
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            place = os.lseek(descriptor, 0, os.SEEK_CUR)
            os.lseek(descriptor, _BYTE, os.SEEK_SET)
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            finally:
                os.lseek(descriptor, place, os.SEEK_SET)
    except OSError:
        return False
    return True
