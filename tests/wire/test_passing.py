"""Files from person to person: which addresses are told to whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.limits import SHARED_ADDRESSES
from salon.wire.passing import Relay, reachable, relay_line


@pytest.mark.parametrize(
    ("seen", "told", "asker", "found"),
    [
        ("127.0.0.1", [], "127.0.0.1", ["127.0.0.1"]),
        ("::1", ["127.0.0.1"], "127.0.0.1", ["::1", "127.0.0.1"]),
        ("127.0.0.1", [], "192.168.1.7", []),  # it would be the asker's own machine
        ("192.168.1.5", [], "127.0.0.1", ["192.168.1.5"]),
        ("192.168.1.5", ["192.168.1.5"], "192.168.1.7", ["192.168.1.5"]),
        ("203.0.113.9", ["198.51.100.1"], "8.8.8.8", ["203.0.113.9"]),  # strangers are nobody's business
        ("8.8.8.8", ["10.0.0.5", "8.8.4.4"], "8.8.8.8", ["8.8.8.8"]),
        ("8.8.8.8", ["10.0.0.5", "8.8.4.4"], "10.0.0.9", ["8.8.8.8", "10.0.0.5"]),
        ("::ffff:192.168.1.5", [], "fd00::1", ["192.168.1.5"]),
        ("fe80::1%eth0", [], "fe80::2%eth0", ["fe80::1"]),
        ("", ["10.0.0.5", "no address", "10.0.0.5"], "", []),
        ("0.0.0.0", ["224.0.0.1", "::"], "10.0.0.1", []),
    ],
)
def test_who_asks_is_told_what_leads_somewhere(seen: str, told: list[str], asker: str, found: list[str]) -> None:
    assert reachable(seen, told, asker) == found


@given(st.text(), st.lists(st.ip_addresses().map(str) | st.text()), st.ip_addresses().map(str))
def test_nobody_is_told_more_than_so_many_and_no_stranger_s(seen: str, told: list[str], asker: str) -> None:
    assert len(reachable(seen, told, asker)) <= SHARED_ADDRESSES + 1


def test_a_relay_begins_with_one_line() -> None:
    assert relay_line(Relay("q", "t")) == b'{"type":"relay","payload":{"request":"q","ticket":"t","id":""}}\n'
