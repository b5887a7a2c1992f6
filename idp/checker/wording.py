"""The checker's own words, in the three languages that our pages have, too: they come with its package."""

from clients.checker.words import Words, group, verdict, words

__all__ = ["Words", "group", "verdict", "words"]
