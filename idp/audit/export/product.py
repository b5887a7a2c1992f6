"""How the provider calls itself in exports."""

from importlib.metadata import version

VENDOR = "Yitong"
PRODUCT = "Identity Provider"
RELEASE = version("yitong")
