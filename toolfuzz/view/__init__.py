"""``toolfuzz view``: the runs of a folder as local pages."""
