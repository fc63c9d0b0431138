"""Gateways to put on trial: what installs each and how it is started (gateway_configs/)."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from toolfuzz.core.case import JsonObject
from toolfuzz.runs.gateway import Gateway
from toolfuzz.runs.trial import Trial

CONFIGS = Path(__file__).parent / "gateway_configs"
_ALL_DOORS = ("openai-chat", "anthropic-messages", "openai-responses")


@dataclass(frozen=True, slots=True)
class Subject:
    """A gateway as gateway_configs/subjects.toml has it, where each field is explained."""

    title: str
    command: Sequence[str]
    pip: Sequence[str] = ()
    npm: str = ""
    overrides: Mapping[str, str] = field(default_factory=dict)
    python: str = ""
    launcher: str = ""
    config: str = ""
    config_name: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    fronts: Sequence[str] = _ALL_DOORS
    models: Sequence[str] = ("scripted",)
    prefix: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    params: JsonObject = field(default_factory=dict)

    @property
    def home(self) -> str:
        """Return the name of the folder in which it is installed."""
        packages = [self.npm or self.pip[0], *(f"{k}@{v}" for k, v in self.overrides.items())]
        return "-".join(packages).translate(str.maketrans("/@[]=", "-----")).strip("-")

    @property
    def folder(self) -> str:
        """Return the name of the folder of its trophies."""
        return re.sub(r"[^\w.]+", "-", self.title.lower()).strip("-")

    def trial(self, cases: int, out: Path) -> Trial:
        """Return its trial. It is installed in the working directory, so no path is absolute."""
        config = (CONFIGS / self.config).read_text(encoding="utf-8") if self.config else None
        gateway = Gateway(
            [self._placed(word) for word in self.command],
            {name: self._placed(value) for name, value in self.env.items()},
            config,
            self.config_name or self.config or "config",
            wait=180,
        )
        return Trial(
            self.title, self.fronts, self.models, gateway, cases=cases, prefix=self.prefix,
            headers=self.headers, params=self.params, out=out, note=print,
        )  # fmt: skip

    def _placed(self, word: str) -> str:
        if word.startswith(("bin/", "node_modules/")):
            return f"{self.home}/{word}"
        launcher = f"{self.home}/{self.launcher}"
        return word.replace("{launcher}", launcher).replace("{bin}", f"{self.home}/bin")

    def install(self, folder: Path) -> None:
        """Install it, unless it is there."""
        home = folder / self.home
        if home.exists():
            return
        if self.npm:
            home.mkdir()
            wanted = json.dumps({"overrides": dict(self.overrides)})
            (home / "package.json").write_text(wanted, encoding="utf-8")
            subprocess.run(["npm", "install", "--silent", self.npm], cwd=home, check=True)
        else:
            python = f"python{self.python}" if self.python else sys.executable
            subprocess.run([python, "-m", "venv", home], check=True)
            subprocess.run([home / "bin/pip", "install", "--quiet", *self.pip], check=True)
        if self.launcher:
            shutil.copy(CONFIGS / self.launcher, home)


def subjects() -> dict[str, Subject]:
    """Return all gateways by name."""
    entries = tomllib.loads((CONFIGS / "subjects.toml").read_text(encoding="utf-8"))
    return {name: Subject(**entry) for name, entry in entries.items()}
