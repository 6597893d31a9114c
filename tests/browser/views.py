"""Screens on which people look at Salon, as options of a browser profile."""

from __future__ import annotations

from typing import Any

_HELD: dict[str, Any] = {"has_touch": True, "is_mobile": True}

LAPTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
WIDE: dict[str, Any] = {"viewport": {"width": 2560, "height": 1440}}
TABLET: dict[str, Any] = {"viewport": {"width": 820, "height": 1180}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, **_HELD}
SMALL: dict[str, Any] = {"viewport": {"width": 320, "height": 568}, **_HELD}

VIEWS = {"laptop": LAPTOP, "wide": WIDE, "tablet": TABLET, "phone": PHONE, "small": SMALL}
