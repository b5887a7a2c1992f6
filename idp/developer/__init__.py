"""The console of developers: their teams and apps, and why something failed."""
