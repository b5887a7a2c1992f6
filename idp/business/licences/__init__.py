"""Electronic business licences: certificates whose key signs a challenge, and all that must hold of them.

Nothing that a business hands over is believed before it is checked, and whatever it is, the answer is a
licence or `LicenceRefused`. The certificate alone is never trusted: whether the organisation and its holder
still are what it says, the business register tells.
"""
