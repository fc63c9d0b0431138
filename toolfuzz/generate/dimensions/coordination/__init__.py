"""``coordination``: referential integrity. One change has to hold in many records that name it."""

from toolfuzz.generate.dimensions.coordination.changes import COUNT, read, render
from toolfuzz.generate.dimensions.coordination.draw import draw
from toolfuzz.generate.dimensions.coordination.solve import ignore, solve
from toolfuzz.worlds.family import Family

FAMILY = Family(
    name="coordination",
    title="Multi-object coordination",
    summary="keep many records that name the same thing consistent",
    knobs="records with references in fields, lists, links and JSON; homonyms, pages, batches",
    twin="three records on one page, without homonyms",
    levels=(3, 50),
    usual=12,
    findings=(
        "object-forgotten",
        "object-twice",
        "homonym-changed",
        "left-inconsistent",
        "write-out-of-scope",
    ),
    wordings=COUNT,
    draw=draw,
    render=render,
    read=read,
    solve=solve,
    ignore=ignore,
)
