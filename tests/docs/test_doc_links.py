"""Links between the pages lead somewhere, anchors too; no page is out of reach."""

import re
from pathlib import Path

import pytest
from doc_samples import HOME, PAGES

LINKING = [*PAGES, HOME / "CHANGELOG.md", HOME / "CONTRIBUTING.md"]


def prose(page: Path) -> str:
    """The text without fenced blocks and code."""
    text = re.sub(r"^ *(```+).*?^ *\1$", "", page.read_text("utf-8"), flags=re.M | re.S)
    return re.sub(r"`[^`\n]*`", lambda code: code[0].replace("](", "] ("), text)


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of the headings: lower case, no punctuation, dashes."""
    heads = re.findall(r"^#+ +(.+?)\s*$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def links(page: Path) -> list[str]:
    """The targets of a page's links to other files and headings of this repository."""
    found = re.findall(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)", prose(page))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def broken(page: Path, link: str) -> str:
    """Say what is missing where a link leads; empty: nothing."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return f"no {path}"
    if anchor and target.suffix == ".md" and anchor not in anchors(target):
        return f"no heading #{anchor} in {target.name}"
    return ""


@pytest.mark.parametrize("page", LINKING, ids=lambda page: page.relative_to(HOME).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert [(link, why) for link in links(page) if (why := broken(page, link))] == []


def test_a_broken_link_would_be_noticed() -> None:
    readme = HOME / "README.md"
    assert broken(readme, "docs/no.md") == "no docs/no.md"
    assert broken(readme, "docs/ci.md#no") == "no heading #no in ci.md"
    assert sum(len(links(page)) for page in PAGES) > 50


def test_every_page_is_reached_from_the_readme() -> None:
    reached, left = set[Path](), [HOME / "README.md"]
    while left:
        page = left.pop()
        if page not in reached:
            reached.add(page)
            paths = [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
            left += [path for path in paths if path.suffix == ".md" and path.is_file()]
    assert {page.name for page in PAGES if page not in reached} == set()


def test_nobody_is_sent_to_a_place_where_the_package_is_not() -> None:
    """It isn't published yet: the pages install it from a clone."""
    for page in PAGES:
        assert "/project/toolfuzz" not in page.read_text("utf-8")
