"""Sealed batches, one after another in one value: number, length (32 bits each, big-endian), bytes.

Appended and never rewritten, so that several processes may add at once.
"""

NUMBER_BYTES = LENGTH_BYTES = 4


def as_chunk(number: int, sealed: bytes) -> bytes:
    return number.to_bytes(NUMBER_BYTES, "big") + len(sealed).to_bytes(LENGTH_BYTES, "big") + sealed


def in_order(whole: bytes) -> list[bytes]:
    """From number 0 up to the first that is missing; of a batch that came twice the first."""
    batches: dict[int, bytes] = {}
    at = 0
    while at < len(whole):
        start = at + NUMBER_BYTES + LENGTH_BYTES
        number = int.from_bytes(whole[at : at + NUMBER_BYTES], "big")
        end = start + int.from_bytes(whole[at + NUMBER_BYTES : start], "big")
        batches.setdefault(number, whole[start:end])
        at = end
    found: list[bytes] = []
    while len(found) in batches:
        found.append(batches[len(found)])
    return found
