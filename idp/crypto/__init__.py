"""Digests, encrypted fields and the master keys behind them."""
