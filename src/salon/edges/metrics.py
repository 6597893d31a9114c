"""What there is to count, in Prometheus' text format (version 0.0.4)."""

from collections.abc import Iterator

from salon import __version__
from salon.hall.hall import Hall

Metric = tuple[str, str, str, float]  # name, type, help, value


def metrics_text(hall: Hall) -> str:
    """One page of metrics."""
    lines = []
    for name, kind, about, value in _metrics(hall):
        lines += [
            f"# HELP {name.partition('{')[0]} {about}",
            f"# TYPE {name.partition('{')[0]} {kind}",
            f"{name} {value:g}",
        ]
    return "\n".join(lines) + "\n"


def _metrics(hall: Hall) -> Iterator[Metric]:
    sessions = hall.sessions
    yield f'salon_info{{version="{__version__}"}}', "gauge", "The version that runs.", 1
    yield "salon_sessions", "gauge", "Connections that have a name.", len(sessions)
    yield "salon_people", "gauge", "Names in use.", len(hall.register)
    yield "salon_sessions_parked", "gauge", "Sessions that do not take what is sent.", sum(s.parked for s in sessions)
    yield "salon_commands_unsettled", "gauge", "Commands not committed yet.", sum(s.unsettled for s in sessions)
    yield "salon_rooms", "gauge", "Rooms in memory.", len(hall.rooms)
    yield "salon_followers", "gauge", "Cursors into rooms.", sum(len(r.followers) for r in hall.rooms.values())
    yield "salon_rings_bytes", "gauge", "Newest entries in memory.", hall.rings_bytes
    yield "salon_commands_total", "counter", "Commands taken from people.", hall.submitting.commands
    yield "salon_batches_total", "counter", "Batches appended to logs.", hall.submitting.batches
    yield "salon_entries_total", "counter", "Entries appended to logs.", hall.submitting.entries
