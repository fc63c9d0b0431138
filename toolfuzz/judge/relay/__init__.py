"""What a gateway changes between its two sides, told from what both of them said.

Both sides are known, so nothing has to be guessed: a difference is the gateway's, one asking each.
"""
