"""`python -m bench.licences`: what a business licence costs to verify, by the kind of its keys.

CPU microseconds in one thread: reading three certificates, verifying one signature over a challenge, and the
whole examination (path, subject, challenge, revocation by lists that are remembered, as at a second sign-in).
Beside it one long list, read anew as it is once an hour. Kinds are measured in turn, so that a busy moment of
the machine falls on all of them.
"""

import argparse
from collections.abc import Callable
from time import process_time_ns

from bench.table import middle, ninth, show
from idp.business.licences.certificates import read_certificate
from idp.business.licences.checking import Presented
from idp.business.licences.refusals import Rule
from idp.business.licences.revocation.lists import read_list
from tests.idp.business.licences.world import CRL_ORIGIN, NOW, World, crl

KINDS = ("rsa", "ecdsa", "ecdsa-p384", "sm2")
ENTRIES = 100_000
NANOSECONDS = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    works = {kind: _works(kind) for kind in KINDS}
    spent: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for kind, steps in works.items():
            for name, work in steps.items():
                spent.setdefault((kind, name), []).append(_microseconds(work))
    show(
        f"Verifying a business licence, CPU microseconds, {rounds} rounds",
        ("", "median", "9 of 10 below"),
        [(f"{kind}: {name}", middle(found), ninth(found)) for (kind, name), found in spent.items()],
    )
    lists = {kind: _long_list(kind) for kind in KINDS}
    show(
        f"Reading a list of {ENTRIES} revoked licences, CPU milliseconds",
        ("", "median", "9 of 10 below"),
        [
            (f"{kind}, {size} bytes", middle(found), ninth(found))
            for kind, (size, work) in lists.items()
            for found in [[_microseconds(work) / 1000 for _ in range(5)]]
        ],
    )


def _works(kind: str) -> dict[str, Callable[[], object]]:
    world = World(kind)
    held = world.licence()
    certificate = held.certificate
    ders = [held.der, world.issuing.der, world.root.der]
    proof = world.proof(held)

    def verify() -> None:
        algorithm = held.key.algorithm
        certificate.public_key.verify(algorithm, proof.challenge, proof.signature, Rule.SIGNATURE)

    presented = Presented(held.pem + world.issuing.pem, proof=proof)
    today = NOW.date()

    def examine() -> None:
        # The challenge stays good here: its one command of the store is measured with the protocol.
        found = world.checker.examine(presented, lambda _text: None, now=NOW, today=today)
        assert found.licence is not None

    return {
        "three certificates read": lambda: [read_certificate(one) for one in ders],
        "one signature verified": verify,
        "the whole examination": examine,
    }


def _long_list(kind: str) -> tuple[int, Callable[[], object]]:
    world = World(kind)
    serials = (number << 64 | 1 for number in range(1, ENTRIES + 1))
    der = crl(world.issuing, *serials)
    certificate, issuer = world.licence().certificate, world.issuing.certificate
    return len(der), lambda: read_list(der, certificate, issuer, f"{CRL_ORIGIN}/issuing.crl", NOW)


def _microseconds(work: Callable[[], object]) -> float:
    began = process_time_ns()
    work()
    return (process_time_ns() - began) / NANOSECONDS


if __name__ == "__main__":
    main()
