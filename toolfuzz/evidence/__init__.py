"""From a failing case to evidence: minimize, attribute, reproduce, report."""
