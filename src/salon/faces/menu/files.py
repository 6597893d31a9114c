"""What the menu chat says of a file that was asked for: one line, when there is news. Pure."""

from salon.client.transfers.progress import State, Transfer
from salon.faces.shelf.drawing import came_line, state_line


def line_of(transfer: Transfer) -> str:
    """What became of it; nothing while there is nothing to say."""
    if transfer.state is State.DONE:
        return came_line(transfer)
    if transfer.state is State.FAILED and transfer.refusal is not None:
        return transfer.refusal.message
    return state_line(transfer) or ""
