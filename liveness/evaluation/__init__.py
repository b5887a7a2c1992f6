"""Measure the engine on an operator's own data set, in the terms of ISO/IEC 30107-3.

APCER: share of attack presentations that were taken for a person, by attack type (the standard says PAI
species). BPCER: share of bona fide presentations that were taken for an attack. A presentation without an
answer (no face found, picture refused) is in neither: APNRR and BPNRR count those.
"""
