"""Made-up events for a sandbox's log: a town that signs in, what looks like attacks there, and attacks.

Pure but for `writing`, which brings it into a log: the same seed makes the same town, its days and its
attacks. What is planted follows what an attacker does, and knows nothing of the rules that look for it.
"""
