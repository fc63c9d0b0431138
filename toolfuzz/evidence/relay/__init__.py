"""Evidence of what a gateway changes: its smallest cases, both sides of them, and the reports."""
