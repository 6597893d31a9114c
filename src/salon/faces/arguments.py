"""What the command lines of the classic programs have in common."""

import argparse


def parser(description: str) -> argparse.ArgumentParser:
    """A parser that knows options by their whole names only: a new option never changes what an old line means."""
    return argparse.ArgumentParser(description=description, allow_abbrev=False)


def port(text: str) -> int:
    """A TCP port, 1 to 65535. Raises argparse's error where it is none."""
    number = port_number(text)
    if not number:
        raise argparse.ArgumentTypeError(f"{text} is not a port (1 to 65535)")
    return number


def port_number(text: str) -> int:
    """The TCP port, or 0 where it is none."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 8 else 0
    return number if 1 <= number <= 65535 else 0
