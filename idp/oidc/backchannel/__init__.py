"""OpenID Connect Client-Initiated Backchannel Authentication Flow, Core 1.0 (CIBA): a client asks, a person
answers on a page of ours, wherever they are, and no browser is led from one to the other."""
