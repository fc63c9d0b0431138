"""What the judge says of replies that one small accident has changed, with the SDKs as referees.

    python benchmarks/format_mutations.py [--format NAME] [--show 20]

Prints for each wire format how many mutants there are, at how many an official SDK breaks, and how
many of those pass the judge all the same (the aim is none); then how often the judge fails a reply
that every SDK reads right, by the defect it names: mostly ids and finish reasons, which the next
request or another client needs.
"""

import argparse
from collections import Counter

from format_mutants import broken, clean_replies, judged, mutants, whole

from toolfuzz.formats import WireFormat, format_names, wire_format


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--format", action="append", choices=format_names())
    parser.add_argument("--show", type=int, default=20, help="lines of each list")
    given = parser.parse_args()
    passed = sum(measure(wire_format(name), given.show) for name in given.format or format_names())
    raise SystemExit(1 if passed else 0)


def measure(format: WireFormat, show: int) -> int:
    """Print the figures of one format; return how many broken replies pass."""
    for clean in clean_replies(format):
        mutant = whole(format, clean)
        assert not judged(format, mutant).findings, f"{format.name}: {clean.name} isn't clean"
        assert not broken(format, mutant), f"{format.name}: an SDK breaks at {clean.name}"
    missed: Counter[str] = Counter()
    stricter: Counter[str] = Counter()
    total = breaks = 0
    for mutant in mutants(format):
        total += 1
        judgement, fate = judged(format, mutant), broken(format, mutant)
        breaks += bool(fate)
        if fate and judgement.status == "pass":
            missed[f"{mutant.clean.name}, {mutant.what}: {' / '.join(fate)}"] += 1
        elif not fate and judgement.status == "fail":
            stricter[" ".join(f.slug for f in judgement.findings if f.severity == "error")] += 1
    print(f"{format.name}: {total} mutants, an SDK breaks at {breaks}, "
          f"of which {missed.total()} pass (aim: none)")  # fmt: skip
    for words, count in missed.most_common(show):
        print(f"  {count:5}  {words}")
    print(f"  failed though all SDKs read right: {stricter.total()}")
    for words, count in stricter.most_common(show):
        print(f"  {count:5}  {words}")
    return missed.total()


if __name__ == "__main__":
    main()
