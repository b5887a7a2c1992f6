"""One file a gate. A gate weighs a session by its facts and says so in a GateScore.

Its threshold stands under its name in `[gates]` of `models.toml`.
"""
