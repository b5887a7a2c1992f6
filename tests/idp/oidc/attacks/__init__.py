"""The attacks of RFC 9700 and its neighbours by their names, each carried out on the whole provider."""
