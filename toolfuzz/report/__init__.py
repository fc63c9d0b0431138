"""Reports: pure functions of a run's summary and journal."""
