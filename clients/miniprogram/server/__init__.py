"""The back end of the mini-program: all of the protocol stays here, and the telephone gets no token."""
