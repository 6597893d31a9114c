from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from salon import PORT
from salon.config import Serve, Share, default_data, serve_settings, share_settings
from salon.errors import BAD_SETTING, SalonError


def settings(tmp_path: Path, toml: str = "", environment: dict[str, str] | None = None, **flags: Any) -> Serve:
    if toml:
        file = tmp_path / "salon.toml"
        file.write_text(f"[serve]\n{toml}\n", encoding="utf-8")
        flags["config"] = str(file)
    return serve_settings(flags, environment or {})


def refused(tmp_path: Path, toml: str = "", environment: dict[str, str] | None = None, **flags: Any) -> str:
    with pytest.raises(SalonError) as caught:
        settings(tmp_path, toml, environment, **flags)
    assert caught.value.refusal.problem is BAD_SETTING
    return str(caught.value)


def test_without_a_word_it_is_this_machine_alone(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert (found.host, found.port, found.memory, found.retain) == ("127.0.0.1", PORT, False, 0)
    assert found.folder == found.data_folder == default_data()
    assert default_data().name == "salon"


def test_flags_go_before_the_environment_before_the_file(tmp_path: Path) -> None:
    toml = 'port = 1\nhost = "::1"\nretain = "1d"'
    environment = {"SALON_PORT": "2", "SALON_RETAIN": "2d"}
    found = settings(tmp_path, toml, environment, port="3")
    assert (found.host, found.port, found.retain) == ("::1", 3, 2 * 86400)


def test_the_file_may_be_named_in_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("[serve]\nport = 7\n[chat]\nname = 'ann'\n", encoding="utf-8")
    assert serve_settings({}, {"SALON_CONFIG": str(file)}).port == 7


def test_a_file_without_a_section_says_nothing(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("", encoding="utf-8")
    assert serve_settings({"config": str(file)}, {}).port == PORT


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("3600", 3600),
        ("90s", 90),
        ("5m", 300),
        ("12h", 43200),
        ("90d", 7776000),
        ("2W", 1209600),
        (" 1 d ", 86400),
    ],
)
def test_times(tmp_path: Path, text: str, seconds: int) -> None:
    assert settings(tmp_path, retain=text).retain == seconds


@pytest.mark.parametrize("text", ["", "d", "-1d", "1.5d", "1y", "soon", "9999999999d", "1d2h"])
def test_what_is_no_time(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, retain=text).startswith("--retain: ")


@pytest.mark.parametrize(
    ("text", "flag"),
    [("1", True), ("TRUE", True), ("yes", True), ("on", True), ("0", False), ("No", False), ("", False)],
)
def test_yes_and_no(tmp_path: Path, text: str, flag: bool) -> None:
    assert settings(tmp_path, environment={"SALON_MEMORY": text}).memory is flag


def test_neither_yes_nor_no(tmp_path: Path) -> None:
    assert refused(tmp_path, environment={"SALON_MEMORY": "perhaps"}).startswith("SALON_MEMORY: perhaps is neither")


@pytest.mark.parametrize("port", ["0", "1", "65535", "00080", 12345])
def test_ports(tmp_path: Path, port: str | int) -> None:
    assert settings(tmp_path, port=port).port == int(port)


@pytest.mark.parametrize("toml", ["65536", "-1", "1.5", "true", "[1]", '""', '"x"', '"0x50"', '"1_0"', '"１２"'])
def test_what_is_no_port(tmp_path: Path, toml: str) -> None:
    assert refused(tmp_path, f"port = {toml}").startswith("port in [serve]: ")


@pytest.mark.parametrize("host", ["", "  ", "127.0.0.1,", ",", "::1, ,10.0.0.1"])
def test_no_address_is_not_every_address(tmp_path: Path, host: str) -> None:
    assert refused(tmp_path, environment={"SALON_HOST": host}).startswith("SALON_HOST: an address is needed")


@pytest.mark.parametrize(
    "toml", ['data = ""', "data = 5", 'data = "a\\u0000b"', 'data = "~no such person/x"', "library = true"]
)
def test_what_is_no_folder(tmp_path: Path, toml: str) -> None:
    assert refused(tmp_path, toml).startswith(toml.split(" ", 1)[0])


def test_a_folder_may_be_in_ones_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert settings(tmp_path, data="~/salon").folder == tmp_path / "salon"


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path, "prot = 1") == "--config: there is no setting prot."


@pytest.mark.parametrize("content", [b"[serve\n", b"\xff\xfe", b"serve = 5", b"a = 1\na = 2"])
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.toml"
    file.write_bytes(content)
    for flags in ({"config": str(file)}, {"config": str(tmp_path / "nowhere")}, {"config": str(tmp_path)}):
        with pytest.raises(SalonError, match=r"^--config: "):
            serve_settings(flags, {})


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("3000000", 3_000_000), ("100MiB", 100 << 20), ("2GB", 2_000_000_000), ("5 k", 5000), ("1TiB", 1 << 40)],
)
def test_sizes(tmp_path: Path, text: str, size: int) -> None:
    assert settings(tmp_path, max_file=text).max_file == size


@pytest.mark.parametrize("text", ["", "-1", "1.5MB", "1 PB", "much", "ib", "1i"])
def test_what_is_no_size(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, max_file=text).startswith("--max-file: ")


@pytest.mark.parametrize(
    ("text", "shelves"),
    [("0", (0, {})), ("5", (5, {})), ("5, Lobby = 20,tea=0", (5, {"lobby": 20, "tea": 0})), ("a=1", (0, {"a": 1}))],
)
def test_how_many_files_a_shelf_keeps(tmp_path: Path, text: str, shelves: object) -> None:
    assert settings(tmp_path, keep=text).shelves == shelves


@pytest.mark.parametrize("text", ["", "x", "-1", "5,", "=5", "a=b", "1.5"])
def test_what_is_no_number_of_files(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, keep=text).startswith("--keep: ")


def test_names_for_browsers(tmp_path: Path) -> None:
    assert settings(tmp_path, names=" Chat.Example , ,other").hosts == {"chat.example", "other"}
    assert settings(tmp_path).hosts == frozenset()


def test_files_by_name_put_everything_else_out_of_sight(tmp_path: Path) -> None:
    found = settings(tmp_path, data=str(tmp_path), by_name=True)
    assert (found.data_folder, found.folder) == (tmp_path, tmp_path / ".salon")


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("127.0.0.1", ["127.0.0.1"]),
        ("10.0.0.1, 127.0.0.1", ["10.0.0.1", "127.0.0.1"]),
        ("127.0.0.1,127.0.0.1", ["127.0.0.1"]),
        ("0.0.0.0,127.0.0.1", ["0.0.0.0"]),
        ("127.0.0.1,::", ["127.0.0.1", "::"]),
        ("::1,::,10.0.0.1", ["::", "10.0.0.1"]),
        ("localhost,127.0.0.1,::1,10.0.0.1", ["localhost", "10.0.0.1"]),
    ],
)
def test_several_addresses_each_taken_once(tmp_path: Path, host: str, addresses: list[str]) -> None:
    assert settings(tmp_path, host=host).addresses == addresses


def test_how_a_client_shares_is_told_by_the_environment() -> None:
    assert share_settings({}) == Share()
    environment = {"SALON_DIRECT": "tcp", "SALON_SUPPLIES": "9", "SALON_SUPPLIES_PER_PERSON": "3"}
    assert share_settings(environment) == Share("tcp", 9, 3)


@pytest.mark.parametrize(("name", "value"), [("SALON_DIRECT", "udp"), ("SALON_SUPPLIES", "many")])
def test_what_cannot_be_is_refused_with_its_name(name: str, value: str) -> None:
    with pytest.raises(SalonError, match=name) as caught:
        share_settings({name: value})
    assert caught.value.refusal.problem is BAD_SETTING
