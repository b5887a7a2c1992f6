"""What the fields of a registration are, and what is wrong with what somebody typed: in words.

The rules are those of `metadata`, `uris` and `wording`, whoever registers; here are the words. Everything is
marked by `gettext_noop` and translated where it is shown.
"""
