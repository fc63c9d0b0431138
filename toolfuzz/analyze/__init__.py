"""What a run's verdicts add up to: rates, comparisons, decisions. Pure functions over the nouns."""
