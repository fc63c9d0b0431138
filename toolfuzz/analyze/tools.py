"""Success by the user's own tools: which of them fails."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from toolfuzz.analyze.load import Answers, RunData
from toolfuzz.analyze.ranking import least_failing
from toolfuzz.analyze.rates import Sample
from toolfuzz.core.case import JsonObject
from toolfuzz.core.verdict import Finding

__all__ = ["Tool", "answers_by_tool", "by_tool", "shown", "sources_of", "told_of"]

Tool = tuple[str, str]
"""(source, name)"""


def by_tool(run: RunData, answers: Answers) -> JsonObject:
    """Return what became of the questions about each of the user's tools, the weakest first.

    By name (with its source, where several have such a tool): ``source``, the rate of the judged
    replies with its interval as everywhere, ``failed``, ``unjudged`` and the ``defects`` by how
    many replies show them. Tools that nothing was asked about are there too, with a rate of None.
    """
    found = answers_by_tool(run, answers)
    names = shown(found)
    entries = {names[tool]: _entry(tool, about) for tool, about in found.items()}
    order = sorted(entries, key=lambda name: _weakest(name, entries[name]))
    return {name: entries[name] for name in order}


def answers_by_tool(run: RunData, answers: Answers) -> dict[Tool, Answers]:
    """Return the answers that tell of each of the user's tools, in recordings of each called one.

    A reply that should call several tools counts for each of them; one that failed on another
    tool's call alone says nothing about this one and doesn't count.
    """
    mine = [(s["source"], name) for s in sources_of(run) for name in s["tools"]]
    rows = {tool: array("q") for tool in mine}
    sources: dict[str, list[str]] = defaultdict(list)
    for home, name in mine:
        sources[name].append(home)
    questions, cases = answers.questions, answers.questions.cases
    if not (mine or any(cases.tool_sets)):
        return {}
    for row in answers.rows:
        case = questions.case[row]
        source = cases.names.texts[cases.origin[case]]
        for name in told_of(questions.causes(row), questions.tools_of(row)):
            tool = source, name
            if tool not in rows and len(homes := sources[name]) == 1:
                # One's own question may ask for tools of several sources.
                tool = homes[0], name
            # A conversation may bring tools of its own. Earlier versions didn't name the user's.
            if tool in rows or not mine:
                rows.setdefault(tool, array("q")).append(row)
    return {tool: answers.at(found) for tool, found in rows.items()}


def sources_of(run: RunData) -> list[JsonObject]:
    """Return where the run's tools came from, as its journal says: anybody may have written it."""
    told = run.started.settings.get("sources")
    known = {"source": str, "place": str, "tools": list, "not_chosen": int}
    return [
        {name: one[name] for name in known}
        for one in (told if isinstance(told, list) else ())
        if isinstance(one, dict)
        and all(isinstance(one.get(name), kind) for name, kind in known.items())
        and all(isinstance(tool, str) for tool in one["tools"])
    ]


def shown(tools: Iterable[Tool]) -> dict[Tool, str]:
    """Return under which name each tool is shown."""
    sources: dict[str, set[str]] = defaultdict(set)
    for source, name in (tools := list(tools)):
        sources[name].add(source)
    return {
        (source, name): name if len(sources[name]) == 1 else f"{name} ({source})"
        for source, name in tools
    }


def told_of(causes: Iterable[Finding], called: Sequence[str]) -> Sequence[str]:
    """Return of which of the called tools a reply tells, by what failed it."""
    wrong = {finding.tool for finding in causes}
    return called if not wrong or "" in wrong else [name for name in called if name in wrong]


def _entry(tool: Tool, about: Answers) -> JsonObject:
    judged, wrong = about.judged, about.wrong
    rate = asdict(Sample(Counter(judged.clusters())).rest(Counter(wrong.clusters())))
    defects: Counter[str] = Counter()
    for row in wrong.rows:
        causes = about.questions.causes(row)
        defects.update({found.slug for found in causes if found.tool in ("", tool[1])})
    return {
        "source": tool[0],
        **{key: value for key, value in rate.items() if key != "n_eff"},
        "failed": len(wrong),
        "unjudged": len(about) - len(judged),
        "defects": dict(sorted(defects.items(), key=lambda one: (-one[1], one[0]))),
    }


def _weakest(name: str, entry: JsonObject) -> tuple[bool, float, int, str]:
    return entry["rate"] is None, -least_failing(entry), -entry["failed"], name
