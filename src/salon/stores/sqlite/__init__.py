"""The log and the people in one SQLite file, for one machine."""

from salon.stores.sqlite.store import SqliteStore, open_store

__all__ = ["SqliteStore", "open_store"]
