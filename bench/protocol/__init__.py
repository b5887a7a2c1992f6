"""`python -m bench.protocol`: what a request of the protocol costs, beside a floor and a peer.

The server has one core for itself, the load generator and the stores share another. The targets take
turns within each round, so that what else the machine does meets all of them alike, and medians are
shown. CPU time of the server's processes comes first: it means the same on a busy machine.
"""
