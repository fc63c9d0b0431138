"""Who does the asking: a pool takes jobs, which are data, and gives back the journal's events."""
