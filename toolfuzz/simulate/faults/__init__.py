"""Faults that belong to no one defect: bad parsers of model families, and legal variations.

A fault is a function under ``@fault(slug, stage, needs)`` in any file of this folder. It changes
what it is given and says whether it changed anything. Bad parsers are called ``family/name``,
legal variations ``legal-name``. The fault of a defect stands in the defect's own file
(``judge/defects/``) and is called like it. Faults of HTTP (``http.py``) are about how an answer is
sent.
"""

from toolfuzz.judge.faults import Fault, Roll, Trigger
from toolfuzz.simulate.faults.registry import applies, fault, faults

__all__ = ["Fault", "Roll", "Trigger", "applies", "fault", "faults"]
