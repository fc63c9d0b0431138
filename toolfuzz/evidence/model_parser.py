"""A parser on trial for a model's family, out of the releases that are fetched already."""

import re

from toolfuzz.engines import environment, store
from toolfuzz.engines.native import family

__all__ = ["parser_of_model"]

# Model ids and the families whose text these models write, the likelier one first. Names that
# move from release to release ("deepseek-chat") say nothing about the format.
_FAMILIES = (
    (r"glm-?(4\.7|5)", ("glm47", "glm45")),
    (r"glm-?4\.[56]", ("glm45",)),
    (r"deepseek-?v3\.2", ("deepseekv32",)),
    (r"deepseek-?v3\.1", ("deepseekv31",)),
    (r"deepseek-?(v3(?![.\d])|r1)", ("deepseekv3",)),
    (r"kimi-?k2", ("kimi_k2",)),
    (r"gpt-?oss", ("gpt_oss",)),
    (r"minimax-?m2", ("minimax_m2",)),
    (r"qwen-?3-?coder", ("qwen3_coder",)),
    (r"qwen-?(2\.5|3(?![.\d]))|hermes", ("qwen25",)),
    (r"llama-?3\.1", ("llama3",)),
    (r"llama-?4", ("pythonic",)),
    (r"mistral-(7b|nemo)", ("mistral",)),
)


def parser_of_model(model: str) -> str | None:
    """Return the trial (``engine/…``) that reads this model's family in the newest fetched release.

    None where the family is not plain from the name, or nothing is fetched: this downloads nothing.
    """
    names = next((found for pattern, found in _FAMILIES if re.search(pattern, model.lower())), ())
    for release in reversed(store.cached() if names else []):
        if not environment.is_built(release.engine):
            continue
        parsers = {parser.replace("-", "_"): parser for parser in store.parsers_of(release)}
        for name in names:
            known = (p.replace("-", "_") for p in family(name).parsers)
            if parser := next((parsers[p] for p in known if p in parsers), None):
                return f"engine/{release.engine}@{release.version}:{parser}"
    return None
