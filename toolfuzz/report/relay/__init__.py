"""A gateway's trial for people and CI servers: its paths, and the causes of failure on them.

All of it is made of ``summary["trial"]`` (see ``analyze.relay.trial_figures``).
"""
