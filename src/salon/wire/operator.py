"""The operator's key, and the cookie that it is exchanged for. Pure: randomness and time are given.

The cookie is made of the key (HMAC-SHA-256 over what it is for and when it ends), so that it outlives a restart and is
worth nothing at another server. Its name is made of the key too: a browser keeps one jar for all ports of a host.
"""

import hashlib
import hmac
import re

KEY_BYTES = 32
COOKIE_SECONDS = 7 * 24 * 3600  # then the link is wanted again
PATH = "/console"

_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_COOKIE = re.compile(r"([0-9]{1,16})\.([0-9a-f]{64})")


def is_key(text: str) -> bool:
    """Whether this can be a key: 256 bits in URL-safe base64."""
    return bool(_KEY.fullmatch(text))


def same_key(key: str, shown: str) -> bool:
    """Whether the key was shown. Takes the same time for every wrong one of its length."""
    return hmac.compare_digest(key.encode(), shown.encode(errors="replace"))


def cookie_name(key: str) -> str:
    """What the cookie is called; tells nothing of the key."""
    return f"salon_operator_{hashlib.sha256(b'name ' + key.encode()).hexdigest()[:12]}"


def cookie_of(key: str, now: int) -> str:
    """A cookie that opens the console from `now` (milliseconds) for `COOKIE_SECONDS`."""
    until = now + COOKIE_SECONDS * 1000
    return f"{until}.{_seal(key, until)}"


def opens(key: str, cookie: str, now: int) -> bool:
    """Whether the cookie was made of this key, and not too long ago."""
    match = _COOKIE.fullmatch(cookie)
    if match is None:
        return False
    until = int(match[1])
    return hmac.compare_digest(_seal(key, until), match[2]) and now < until


def operator_link(host: str, port: int, key: str) -> str:
    """The link that opens the console. An address that means every one of the machine's becomes the machine's own."""
    own = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104
    shown = f"[{own}]" if ":" in own else own
    return f"http://{shown}:{port}{PATH}?key={key}"


def _seal(key: str, until: int) -> str:
    return hmac.new(key.encode(), f"console {until}".encode(), hashlib.sha256).hexdigest()
