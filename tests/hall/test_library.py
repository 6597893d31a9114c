"""The operator's library: regular files that are not hidden, as they are at the moment."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.commands import Say
from salon.core.filenames import SafeName, safe_name
from salon.core.room import RoomState
from salon.errors import NO_SUCH_FILE, UNKNOWN_ROOM, Refusal
from salon.hall import library as module
from salon.hall.library import Library, OpenBook
from salon.hall.waiting import submit
from tests.support.shelves import ANN, BOB, Shelves, sha256_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one file that is offered, and all kinds of things that are not."""
    (tmp_path / "outside").write_bytes(b"secret")
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "book.txt").write_bytes(b"once upon a time")
    (folder / ".hidden").write_bytes(b"secret")
    (folder / "folder").mkdir()
    (folder / "folder" / "deeper").write_bytes(b"secret")
    (folder / "link").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "pipe")
    (folder / "a\\b").write_bytes(b"secret")
    (folder / os.fsdecode(b"not\xffunicode")).write_bytes(b"secret")
    return folder


async def had(library: Library, name: str) -> bytes | None:
    book = await library.open(SafeName(name))
    if book is None:
        return None
    with book.file:
        data = book.file.read()
    assert book.sha256 == sha256_of(data)
    assert book.size == len(data)
    return data


async def test_only_regular_files_that_are_not_hidden_are_offered(folder: Path) -> None:
    library = Library(folder)
    assert [(book.name, book.size, book.sha256) for book in await library.listing()] == [("book.txt", 16, "")]
    assert await had(library, "book.txt") == b"once upon a time"
    assert [book.sha256 for book in await library.listing()] == [sha256_of(b"once upon a time")]
    for name in (".hidden", "folder", "link", "loop", "pipe", "missing"):
        assert await had(library, name) is None


async def test_a_link_is_not_followed_where_the_system_would(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FLAGS", os.O_RDONLY)
    assert await had(Library(folder), "link") is None
    assert await had(Library(folder), "book.txt") == b"once upon a time"


async def test_a_changed_file_has_a_new_hash(folder: Path) -> None:
    """Also where it is of the same length and is given the time of the one before."""
    library = Library(folder)
    book = folder / "book.txt"
    assert await had(library, "book.txt") == b"once upon a time"
    times = book.stat().st_atime_ns, book.stat().st_mtime_ns
    newer = folder / "newer"
    newer.write_bytes(b"ONCE UPON A TIME")
    os.utime(newer, ns=times)
    newer.replace(book)
    assert await had(library, "book.txt") == b"ONCE UPON A TIME"


async def test_a_hash_is_made_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library(folder)
    made: list[object] = []

    def counted() -> object:
        made.append(hashlib.new("sha256"))
        return made[-1]

    monkeypatch.setattr("salon.hall.library.hashlib.sha256", counted)
    for _ in range(3):
        book = await library.open(SafeName("book.txt"))
        assert book is not None
        book.file.close()
    assert len(made) == 1


async def test_a_file_that_grows_while_it_is_read_has_no_hash(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash of other bytes than those that are sent would be worse than none."""
    library = Library(folder)

    class Growing:
        def __init__(self) -> None:
            with (folder / "book.txt").open("ab") as file:
                file.write(b", and again")

        def update(self, _data: bytes) -> None: ...

    monkeypatch.setattr("salon.hall.library.hashlib.sha256", Growing)
    book = await library.open(SafeName("book.txt"))
    assert isinstance(book, OpenBook)
    book.file.close()
    assert book.sha256 == ""
    monkeypatch.undo()
    assert await had(library, "book.txt") == b"once upon a time, and again"


async def test_a_name_in_another_normal_form_is_found(folder: Path) -> None:
    """As macOS writes them: what is listed can be had."""
    name = "Zoë.txt"
    (folder / unicodedata.normalize("NFD", name)).write_bytes(b"x")
    library = Library(folder)
    assert name in [book.name for book in await library.listing()]
    assert await had(library, name) == b"x"


async def test_a_folder_that_is_gone_offers_nothing(tmp_path: Path) -> None:
    library = Library(tmp_path / "gone")
    assert await library.listing() == []
    assert await had(library, "book.txt") is None


async def test_a_colon_is_no_stream_and_no_drive_on_windows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("book.txt:stream", "C:x"):
        (folder / name).write_bytes(b"secret")
    library = Library(folder)
    assert await had(library, "C:x") == b"secret"
    monkeypatch.setattr(module, "_WINDOWS", True)
    assert await had(library, "C:x") is None
    assert await had(library, "book.txt:stream") is None
    assert await had(library, "book.txt") == b"once upon a time"


async def test_it_stands_beside_every_open_rooms_shelf_and_behind_it(folder: Path) -> None:
    shelves = Shelves(library=folder)
    assert await shelves.names() == ["book.txt"]
    assert await shelves.read("book.txt") == b"once upon a time"
    await shelves.send("book.txt", b"mine")
    await shelves.send("a", b"x")
    assert await shelves.names() == ["a", "book.txt"]
    assert await shelves.read("book.txt") == b"mine"
    assert await shelves.read("link") is NO_SUCH_FILE
    assert await shelves.read("book.txt", room="nowhere") is UNKNOWN_ROOM
    opened = await shelves.shelving.open(ANN, "", "a")
    assert not isinstance(opened, Refusal)
    opened.file.close()
    await shelves.close()


async def test_it_is_not_for_two_alone(folder: Path) -> None:
    shelves = Shelves(library=folder)
    room = await shelves.hall.open("@1:2", RoomState("@ann:bob", between=(ANN, BOB)))
    await submit(shelves.hall, ANN, room.key, "@ann:bob", Say("psst"))
    assert await shelves.names("@ann:bob") == []
    assert await shelves.read("book.txt", room="@ann:bob") is NO_SUCH_FILE
    await shelves.close()


async def test_what_is_fetched_from_it_is_not_counted(folder: Path) -> None:
    shelves = Shelves(library=folder)
    opened = await shelves.shelving.open(ANN, "", "book.txt")
    assert not isinstance(opened, Refusal)
    opened.file.close()
    await shelves.shelving.fetched(opened)
    assert await shelves.store.downloads("lobby") == {}
    await shelves.close()


@given(st.text(max_size=40))
def test_nothing_outside_is_opened_however_it_is_called(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("library") / "inside"
    folder.mkdir()
    safe = safe_name(name)
    if isinstance(safe, Refusal):
        return
    assert (folder / safe).parent == folder
    assert Library(folder)._open(safe) is None
    (folder / safe).write_bytes(b"x")
    book = Library(folder)._open(safe)
    assert (book is None) == safe.startswith(".")
    if book is not None:
        book.file.close()
    assert [path.name for path in folder.iterdir()] == [safe]
