"""One file a defect, named like its slug with ``_`` for ``-``; see ``toolfuzz.judge.defect``."""
