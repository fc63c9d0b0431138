"""A backslash that starts no JSON escape."""

import re
from random import Random
from typing import Any

from toolfuzz.judge.defect import Defect
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import NOTHING, is_json, rewrites
from toolfuzz.judge.texts import Mended


def explain(fact: Mended) -> str | None:
    """Look for text that loads once its backslashes are doubled."""
    return "a backslash starts no JSON escape" if fact.how == "escapes" else None


def simulate(raw: str, rng: Random) -> Any:
    """Backslashes that belong to the text are written once, or apostrophes get one."""
    once = re.sub(r'\\\\(?![\\"/bfnrtu])', lambda _: "\\", raw)
    broken = [text for text in (once, raw.replace("'", "\\'")) if not is_json(text)]
    return rng.choice(broken) if broken else NOTHING


DEFECT = Defect(
    slug="args-bad-escape",
    group="A",
    tells_of="serialization",
    title="A backslash that starts no JSON escape",
    severity="error",
    layer="arguments",
    stage="values",
    usual="the model, also client libraries",
    help=(
        "Windows paths, regular expressions and LaTeX provoke it. Doubling such backslashes "
        "makes the text load; let the tool take forward slashes where it can."
    ),
    example='"arguments":"{\\"path\\":\\"E:\\\\Folder\\"}"',
    sources=(
        "anthropics/claude-code#87251",
        "mistralai/mistral-vibe#216",
        "openclaw/openclaw#88918",
        "openai/openai-python#2958",
    ),
    indistinguishable=(
        "A path whose letters happen to be escapes (\\new) loads without an error and shows as "
        "escape-level-shift."
    ),
    pairs=("escape-level-shift",),
    explain={Mended: explain},
    fault=rewrites(simulate),
    examples=(
        arguments('{"path": "E:\\Folder\\a.md"}', asked={"path": "E:\\Folder\\a.md"}),
        arguments(
            '{"path": "E:\\\\Folder\\\\a.md"}', asked={"path": "E:\\Folder\\a.md"}, found=False
        ),
    ),
)
