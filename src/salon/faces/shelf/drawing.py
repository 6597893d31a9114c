"""A transfer as a line: for a terminal with a bar, for a pipe in words. Pure."""

from salon.client.transfers.progress import State, Transfer
from salon.core.text import printable
from salon.faces.shelf.sizes import columns, fitted, percent, size_text, time_text

_BAR = 16
_NAME = 28
_SHORT_NAME = 20
_LEAST = 30  # columns; narrower terminals get their lines cut


def bar_line(transfer: Transfer, width: int) -> str:
    """`scan.png  ▓▓▓▓▓░░░  62 %  4.1 MiB  12 MiB/s  8 s left`, in at most so many columns."""
    done = percent(transfer.offset, transfer.size)
    full = done * _BAR // 100
    words = [f"{done:3d} %"]
    if transfer.size is not None:
        words.append(size_text(transfer.size))
    words.append(_doing(transfer))
    name_width = min(_NAME, max(_LEAST, width) // 3)
    line = f"{fitted(printable(transfer.name), name_width)} {'█' * full}{'░' * (_BAR - full)} {'  '.join(words)}"
    return line if columns(line) < width else fitted(line, width - 1)


def short_line(transfer: Transfer) -> str:
    """`↑ scan.png 62 % 12 MiB/s  8 s left`, for a line that it shares."""
    name = fitted(transfer.name, _SHORT_NAME).rstrip()
    return f"{'↑' if transfer.up else '↓'} {name} {percent(transfer.offset, transfer.size)} % {_doing(transfer)}"


def _doing(transfer: Transfer) -> str:
    if transfer.state is not State.MOVING:
        return str(transfer.state.value)
    if not transfer.rate:
        return "…"
    rate = f"{size_text(transfer.rate)}/s"
    return rate if transfer.eta is None else f"{rate}  {time_text(transfer.eta)} left"


def result_line(transfer: Transfer) -> str:
    """What became of it, where it was done."""
    name, size = printable(transfer.name), size_text(transfer.size or 0)
    if transfer.up:
        return f"Sent {name} ({size})"
    return f"Saved {printable(transfer.saved)} ({size})"


def came_line(transfer: Transfer) -> str:
    """From whom a file came, and over which way."""
    name, person = printable(transfer.name), printable(transfer.person)
    return f"{name} came from {person}{f' ({transfer.path})' if transfer.path else ''}."


def path_line(transfer: Transfer) -> str | None:
    """Over what it comes, where that is not what everybody takes, or not what was asked for."""
    name = printable(transfer.name)
    if transfer.path == "UDP":
        return f"{name} comes over UDP."
    if transfer.detour is not None:
        return f"{printable(transfer.detour.message)} {name} comes over TCP."
    return None


def evicts_line(transfer: Transfer) -> str:
    """What an upload pushes off the shelf."""
    names = ", ".join(printable(name) for name in transfer.evicts)
    leaves = "leaves" if len(transfer.evicts) == 1 else "leave"
    return f"{names} {leaves} the shelf when {printable(transfer.name)} is there."


def stopped_line(transfer: Transfer) -> str:
    """That what is there already is not lost."""
    done = percent(transfer.offset, transfer.size)
    return f"{printable(transfer.name)}: {done} % are there. The same command goes on from there."


def state_line(transfer: Transfer) -> str | None:
    """What a program's log should know of a transfer that is not over; None for what it need not."""
    name, done = printable(transfer.name), percent(transfer.offset, transfer.size)
    if transfer.state is State.CUT and transfer.refusal is not None:
        return f"{name}: {printable(transfer.refusal.message)} Trying again, {done} % are there."
    return None
