"""Has the web page built before Salon is packed or installed; see tools/build_web.py."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebHook(BuildHookInterface[Any]):
    """A wheel always holds the page. An editable install goes on without it: the server then says how to build it."""

    def dependencies(self) -> list[str]:
        """Node as a package, where something has to be built and the machine has none."""
        needed: list[str] = self._tool()["requirements"](Path(self.root))
        return needed

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before anything is packed."""
        tool = self._tool()
        try:
            tool["build"](Path(self.root))
        except tool["BuildFailed"] as error:
            if version != "editable":
                raise
            self.app.display_warning(f"{error}\nSalon works without its web page; 'make web' builds it.")

    def _tool(self) -> dict[str, Any]:
        # By its path: the tools are no part of what is installed.
        return runpy.run_path(str(Path(self.root, "tools", "build_web.py")))
