"""What tests of transfers share."""

from __future__ import annotations

import pytest

from salon.client.transfers.part import Part


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of all that any part took in."""
    sizes: list[int] = []
    take = Part.take

    def noted(part: Part, data: bytes) -> None:
        sizes.append(len(data))
        take(part, data)

    monkeypatch.setattr(Part, "take", noted)
    return sizes
