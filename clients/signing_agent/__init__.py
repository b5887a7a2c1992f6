"""A sample of a signing agent: a program on a computer that signs the challenges of a provider's pages
with its owner's electronic licence. Its protocol: docs/licences.md, "The signing agent".
"""
