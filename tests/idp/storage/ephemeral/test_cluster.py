"""Redis Cluster: slots as the specification counts them, redirections, and a node that dies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.storage.ephemeral import EphemeralStore, StoreUnavailable, open_store
from idp.storage.ephemeral.cluster import slot_of
from tests.fakes import FakeClock
from tests.ports import free_port
from tests.servers import RedisClusterProcesses, wait_for


@pytest.mark.parametrize(
    ("key", "slot"),
    [("123456789", 12739), ("foo", 12182), ("{user1000}.following", 3443), ("{user1000}.followers", 3443)],
)
def test_slots_of_the_specification(key: str, slot: int) -> None:
    assert slot_of(key) == slot


def test_tags_as_the_specification_reads_them() -> None:
    assert slot_of("foo{}{bar}") != slot_of("bar")  # an empty first tag: the whole key counts
    assert slot_of("foo{{bar}}zap") == slot_of("{bar")
    assert slot_of("foo{bar}{zap}") == slot_of("bar")
    assert slot_of("foo{bar") == slot_of("foo{bar")


def test_slots_agree_with_the_server(redis_cluster: RedisClusterProcesses) -> None:
    @given(key=st.text(alphabet=st.sampled_from("ab{}键"), max_size=12))
    def agree(key: str) -> None:
        assert redis_cluster.nodes[0].run("CLUSTER", "KEYSLOT", key) == slot_of(key)

    agree()


def test_keys_of_one_tag_share_a_node(redis_cluster: RedisClusterProcesses) -> None:
    store = open_store(redis_cluster.url, FakeClock())
    for number in range(30):
        store.put(f"interaction:{{x}}:{number}", b"1", seconds=60)
    sizes = sorted(int(str(node.run("DBSIZE"))) for node in redis_cluster.nodes)
    assert sizes == [0, 0, 30]
    for number in range(300):
        store.put(f"other:{number}", b"1", seconds=60)
    assert min(int(str(node.run("DBSIZE"))) for node in redis_cluster.nodes) > 50
    store.close()


def test_a_slot_that_moves_is_followed(redis_cluster: RedisClusterProcesses) -> None:
    store = open_store(redis_cluster.url, FakeClock())
    key = "moving"
    slot = slot_of(key)
    source = next(
        node for node in redis_cluster.nodes if str(slot) and owns(node.run("CLUSTER", "NODES"), slot)
    )
    target = next(node for node in redis_cluster.nodes if node is not source)
    source_id, target_id = source.run("CLUSTER", "MYID"), target.run("CLUSTER", "MYID")
    assert isinstance(source_id, bytes)
    assert isinstance(target_id, bytes)
    store.put(key, b"1", seconds=60)

    target.run("CLUSTER", "SETSLOT", slot, "IMPORTING", source_id)
    source.run("CLUSTER", "SETSLOT", slot, "MIGRATING", target_id)
    try:
        assert store.get(key) == b"1"  # still at the source
        source.run("MIGRATE", "127.0.0.1", target.port, key, 0, 5000)
        assert store.get(key) == b"1"  # ASK
        assert store.replace(key, b"1", b"2", seconds=60)  # ASK, then the script is unknown there
        for node in redis_cluster.nodes:
            node.run("CLUSTER", "SETSLOT", slot, "NODE", target_id)
        assert store.take(key) == b"2"  # MOVED
        assert store.take(key) is None
    finally:
        for node in redis_cluster.nodes:
            node.run("DEL", key)
            node.run("CLUSTER", "SETSLOT", slot, "NODE", source_id)
        store.close()


def owns(nodes: object, slot: int) -> bool:
    assert isinstance(nodes, bytes)
    mine = next(line for line in nodes.splitlines() if b"myself" in line)
    ranges = [part.split(b"-") for part in mine.split()[8:] if not part.startswith(b"[")]
    return any(int(part[0]) <= slot <= int(part[-1]) for part in ranges)


def test_a_node_that_dies_and_its_successor(own_redis_cluster: RedisClusterProcesses) -> None:
    store = open_store(own_redis_cluster.url, FakeClock())
    first, second, third = own_redis_cluster.nodes
    (replica,) = own_redis_cluster.replicas
    keys: dict[int, str] = {}
    for number in range(200):
        node = next(
            node
            for node in (first, second, third)
            if owns(node.run("CLUSTER", "NODES"), slot_of(f"{number}"))
        )
        keys.setdefault(node.port, f"{number}")
    for key in keys.values():
        store.put(key, b"1", seconds=600)
    wait_for(lambda: replica.run("DBSIZE") == 1, "the replica")

    first.stop()
    with pytest.raises(StoreUnavailable):
        store.take(keys[first.port])
    assert store.get(keys[second.port]) == b"1"  # the others go on
    wait_for(lambda: b"role:master" in replica.info("replication"), "the successor")
    wait_for(lambda: serves(store, keys[first.port]), "the successor in the others' eyes")
    assert store.take(keys[first.port]) == b"1"

    third.stop()  # nobody follows this one
    with pytest.raises(StoreUnavailable):
        store.take(keys[third.port])
    third.start()
    wait_for(lambda: serves(store, keys[third.port]), "the third node")
    assert store.take(keys[third.port]) is None  # it kept nothing on disk
    assert store.take(keys[second.port]) == b"1"
    store.close()


def serves(store: EphemeralStore, key: str) -> bool:
    try:
        store.get(key)
    except StoreUnavailable:
        return False
    return True


def test_a_seed_that_is_down_is_passed_over(redis_cluster: RedisClusterProcesses) -> None:
    store = open_store(
        f"redis+cluster://127.0.0.1:{free_port()},127.0.0.1:{redis_cluster.nodes[1].port}", FakeClock()
    )
    store.put("a", b"1", seconds=60)
    assert store.take("a") == b"1"
    store.close()


def test_nobody_listens() -> None:
    store = open_store(f"redis+cluster://127.0.0.1:{free_port()}", FakeClock())
    with pytest.raises(StoreUnavailable, match="cannot serve a slot"):
        store.get("a")
