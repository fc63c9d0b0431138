"""``python -m toolfuzz``."""

from toolfuzz.cli import main

main()
