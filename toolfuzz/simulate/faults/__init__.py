"""Everything that can be wrong with a reply, one function each, attached to its stage.

A fault is a function under ``@fault(slug, stage, where)`` in any file of this folder. It changes
what it is given and says whether it changed anything. Its slug is the one of the defect catalogue
that it produces; bad parsers are called ``family/name``, legal variations ``legal-name``.
"""

from toolfuzz.simulate.faults.registry import Fault, Roll, Trigger, applies, fault, faults

__all__ = ["Fault", "Roll", "Trigger", "applies", "fault", "faults"]
