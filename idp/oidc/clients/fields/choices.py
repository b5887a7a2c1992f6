"""What a registration may choose, as an error that its developer can read."""


def one_of(value: str, offered: tuple[str, ...]) -> str:
    """Raises ValueError."""
    if value not in offered:
        raise ValueError(f"not offered; one of {', '.join(offered)}")
    return value
