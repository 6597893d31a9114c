"""What docs/web.md says of the page: its keys, its pictures."""

from __future__ import annotations

import re

from tests.browser.pictures import FOLDER, LOOKS
from tests.browser.screens import SCREENS
from tests.docs.reading import ROOT, read, sections, tables

PAGE = sections(read("docs/web.md"), 2)


def test_the_keys_are_those_that_the_page_tells() -> None:
    source = (ROOT / "web" / "src" / "i18n" / "en.ts").read_text("utf-8")
    listed = source[source.index("keyList: [") : source.index("as readonly", source.index("keyList: ["))]
    told = [[keys.strip("`"), what] for keys, what in tables(PAGE["Keys"])[0][1:]]
    assert told == [list(pair) for pair in re.findall(r'\["([^"]+)", "([^"]+)"\]', listed)]


def test_every_screen_has_a_picture_of_each_look_and_each_is_of_a_screen() -> None:
    wanted = {f"{screen.name}-{look}.png" for screen in SCREENS for look in LOOKS}
    drawn = {picture.name for look in LOOKS for picture in FOLDER.glob(f"*-{look}.png")}
    # Those of the console and of the windows are drawn by programs of their own, beside this one.
    assert {name for name in drawn if not name.startswith(("console-", "window-"))} == wanted
    assert set(re.findall(r"screens/([\w-]+\.png)", PAGE["How it looks"])) == wanted
