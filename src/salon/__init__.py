"""Salon: a place people run themselves to talk in rooms and pass each other files."""

__version__ = "0.1.0"
