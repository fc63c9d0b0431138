"""A parameter came under another name."""

from toolfuzz.formats.plan import ReplyPlan
from toolfuzz.judge.defect import Defect
from toolfuzz.judge.differences import Glued, Renamed
from toolfuzz.judge.example import arguments
from toolfuzz.judge.faults import Fault, Roll
from toolfuzz.judge.faults.values import all_places


def explain(fact: Renamed) -> str:
    """Tell of a member under another name."""
    return f"{fact.name!r} came as {fact.key[:80]!r}"


def explain_glued(fact: Glued) -> str:
    """Tell of a name and a value that came as one key."""
    return f"{fact.name!r} and its value came as the key {fact.key[:80]!r}"


_SCHEMA = {
    "type": "object",
    "properties": {"file_path": {"type": "string"}},
    "required": ["file_path"],
}


def simulate(reply: ReplyPlan, roll: Roll) -> bool:
    """A required key comes in camelCase or snake_case, whichever it isn't."""
    found = [
        p
        for p in all_places(reply, roll)
        if isinstance(p.key, str) and p.required and _renamed(p.key) not in {p.key, *p.holder}
    ]
    if not found:
        return False
    place = roll.rng.choice(found)
    pairs = [(_renamed(k) if k == place.key else k, v) for k, v in place.holder.items()]
    place.holder.clear()
    place.holder.update(pairs)
    return True


def _renamed(key: str) -> str:
    if "_" in key.strip("_"):
        first, *rest = key.split("_")
        return first + "".join(word.capitalize() for word in rest)
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in key)
    return snake if snake != key else key.capitalize()


DEFECT = Defect(
    slug="param-renamed",
    group="D",
    tells_of="understanding",
    title="A parameter came under another name",
    severity="error",
    layer="schema",
    stage="values",
    usual="the model, or a prompt that uses another spelling",
    help=(
        "Use one spelling in schema, description and prompt; prefer the names that the model "
        "falls back to (path, query)."
    ),
    example='{"file_path":"a"} for filePath',
    sources=("NorthlandPositronics/Cogtrix#2259", "Kilo-Org/kilocode#12091", "tobi/qmd#372"),
    pairs=("missing-required", "unknown-param", "schema-unenforced"),
    explain={Renamed: explain, Glued: explain_glued},
    fault=Fault(simulate, "values"),
    examples=(
        arguments('{"filePath": "/tmp"}', asked={"file_path": "/tmp"}, schema=_SCHEMA),
        arguments('{"path": "/tmp"}', asked={"file_path": "/tmp"}, schema=_SCHEMA),
        arguments('{"file_path/tmp": ""}', asked={"file_path": "/tmp"}, schema=_SCHEMA),
        arguments('{"file_path: /tmp": null}', asked={"file_path": "/tmp"}, schema=_SCHEMA),
        arguments('{"file_path=/tmp": ""}', schema=_SCHEMA),
        arguments('{"file_path_old": ""}', schema=_SCHEMA, found=False),
        arguments(
            '{"file_path/etc": ""}', asked={"file_path": "/tmp"}, schema=_SCHEMA, found=False
        ),
        arguments('{"path": "/etc"}', asked={"file_path": "/tmp"}, schema=_SCHEMA, found=False),
    ),
)
