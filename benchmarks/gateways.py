"""Real gateways on trial, each in an environment of its own: what they change, by cause.

Installs what is missing (pip and npm, some hundred megabytes), so it is no part of the tests.

    python benchmarks/gateways.py --dir DIR [--only litellm] [--cases 60]
    python benchmarks/gateways.py --planted [--cases 60]      a made-up gateway with known mistakes
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from toolfuzz.analyze.relay import Cause
from toolfuzz.core.case import JsonObject
from toolfuzz.core.errors import ToolfuzzError
from toolfuzz.evidence.relay.trial import try_gateway
from toolfuzz.runs.gateway import Gateway
from toolfuzz.runs.trial import Trial

TESTS = Path(__file__).parents[1] / "tests/runs"
ALL_DOORS = ("openai-chat", "anthropic-messages", "openai-responses")

LITELLM = """\
model_list:
  - model_name: up-chat
    litellm_params: {model: openai/scripted, api_base: "{upstream}", api_key: sk-x}
  - model_name: up-compatible
    litellm_params: {model: hosted_vllm/scripted, api_base: "{upstream}", api_key: sk-x}
  - model_name: up-messages
    litellm_params:
      {model: anthropic/claude-3-7-sonnet-20250219, api_base: "{origin}", api_key: sk-x}
  - model_name: up-gemini
    litellm_params: {model: gemini/gemini-2.5-pro, api_base: "{origin}/v1beta", api_key: sk-x}
  - model_name: up-bedrock
    litellm_params:
      model: bedrock/converse/anthropic.claude-3-7-sonnet-20250219-v1:0
      aws_bedrock_runtime_endpoint: "{origin}"
      aws_region_name: us-east-1
      aws_access_key_id: x
      aws_secret_access_key: x
litellm_settings: {num_retries: 0}
general_settings: {dangerously_permit_weak_or_unset_master_key: true}
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A gateway: what installs it, how it is started, and by which doors it is tried."""

    title: str
    pip: str = ""
    npm: str = ""
    command: Sequence[str] = ()
    config: str | None = None
    fronts: Sequence[str] = ALL_DOORS
    models: Sequence[str] = ("scripted",)
    headers: Mapping[str, str] = field(default_factory=dict)
    params: JsonObject = field(default_factory=dict)


_PORTKEY = ("node", "node_modules/@portkey-ai/gateway/build/start-server.js", "--port={port}",
            "--headless")  # fmt: skip
SUBJECTS = {
    "litellm": Subject(
        "LiteLLM 1.108.7",
        pip="litellm[proxy]==1.108.7",
        command=("bin/litellm", "--config", "{config}", "--port", "{port}"),
        config=LITELLM,
        models=("up-chat", "up-compatible", "up-messages", "up-gemini", "up-bedrock"),
    ),
    "portkey-openai": Subject(
        "Portkey gateway 1.15.2 (openai)",
        npm="@portkey-ai/gateway@1.15.2",
        command=_PORTKEY,
        headers={"x-portkey-provider": "openai", "x-portkey-custom-host": "{upstream}"},
    ),
    "portkey-anthropic": Subject(
        "Portkey gateway 1.15.2 (anthropic)",
        npm="@portkey-ai/gateway@1.15.2",
        command=_PORTKEY,
        headers={"x-portkey-provider": "anthropic", "x-portkey-custom-host": "{upstream}"},
        params={"max_tokens": 4096},
    ),
    "portkey-google": Subject(
        "Portkey gateway 1.15.2 (google)",
        npm="@portkey-ai/gateway@1.15.2",
        command=_PORTKEY,
        headers={"x-portkey-provider": "google", "x-portkey-custom-host": "{origin}"},
    ),
}


def installed(subject: Subject, folder: Path) -> Path:
    """Return the folder in which the gateway is installed, after installing it."""
    name = (subject.pip or subject.npm).translate(str.maketrans("/@[]=", "-----")).strip("-")
    home = folder / name
    if not home.exists():
        if subject.pip:
            subprocess.run([sys.executable, "-m", "venv", home], check=True)
            subprocess.run([home / "bin/pip", "install", "--quiet", subject.pip], check=True)
        else:
            home.mkdir(parents=True)
            subprocess.run(["npm", "install", "--silent", subject.npm], cwd=home, check=True)
    return home


def failing(trial: Trial, most_askings: int = 300) -> list[Cause]:
    """Try a gateway; its causes of failure."""
    tried = asyncio.run(try_gateway(trial, most_askings=most_askings))
    return [cause for cause in tried.causes if cause.severity == "error"]


def try_real(folder: Path, only: Sequence[str], cases: int) -> None:
    """Try the real ones and print a line for each of their causes."""
    for name in only or SUBJECTS:
        subject = SUBJECTS[name]
        home = installed(subject, folder)
        words = [str(home / w) if w.startswith(("bin/", "node_modules/")) else w
                 for w in subject.command]  # fmt: skip
        gateway = Gateway(words, {}, subject.config, "config.yaml", wait=180)
        out = folder / "runs" / f"{name}-{time.strftime('%H%M%S')}"
        began = time.monotonic()
        try:
            causes = failing(
                Trial(subject.title, subject.fronts, subject.models, gateway, cases=cases,
                      headers=subject.headers, params=subject.params, out=out, note=print)
            )  # fmt: skip
        except ToolfuzzError as error:
            print(f"{subject.title}: {error.message}")
            continue
        took = time.monotonic() - began
        print(f"{subject.title}: {len(causes)} causes in {took:.0f} s, reports in {out}/reports")
        for cause in causes:
            doors = ", ".join(f"{t} {'s' if s else 'p'} {n}" for (t, s), n in cause.doors.items())
            print(f"  {cause.name:55} {doors}")


def try_planted(cases: int) -> None:
    """Try the made-up gateway with each of its mistakes, and with none."""
    sys.path.insert(0, str(TESTS))
    from made_gateway import MISTAKES

    found = 0
    for mistake in ("", *MISTAKES):
        words = [sys.executable, str(TESTS / "made_gateway.py"), "{port}", "{upstream}"]
        gateway = Gateway([*words, *([mistake] if mistake else [])])
        with tempfile.TemporaryDirectory() as folder:
            trial = Trial("made up", ("openai-chat",), gateway=gateway, cases=cases,
                          out=Path(folder) / "run")  # fmt: skip
            causes = failing(trial, most_askings=0)
        found += bool(causes) and bool(mistake)
        print(f"{mistake or 'no mistake':18} {', '.join(c.name for c in causes[:4]) or '–'}")
    print(f"{found} of {len(MISTAKES)} planted mistakes found, with {cases} cases each")


def main() -> None:
    """Try what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, default=Path("gateways"))
    parser.add_argument("--only", action="append", choices=SUBJECTS, default=[])
    parser.add_argument("--cases", type=int, default=60)
    parser.add_argument("--planted", action="store_true")
    options = parser.parse_args()
    if options.planted:
        try_planted(options.cases)
    else:
        options.dir.mkdir(parents=True, exist_ok=True)
        try_real(options.dir.resolve(), options.only, options.cases)


if __name__ == "__main__":
    main()
