"""Changes of a saved state: any node of its tree becomes another one, and the digest is made anew."""

from __future__ import annotations

import hashlib
import struct
from random import Random
from typing import Any

import msgspec

from streamimb.engine.snapshot import MAGIC
from tests.fuzz.hostile import NUMBERS

HEAD = len(MAGIC) + 2  # magic and format version; the digest follows
WORDS = ["", "a", "True", "l", "t", "d", "o", "c", "i", "b", "p", "\0", "x" * 1_000]


def tree_of(snapshot: bytes) -> Any:
    """The plain data in a snapshot."""
    return msgspec.msgpack.decode(snapshot[HEAD + 32 :])


def snapshot_of(tree: Any, like: bytes) -> bytes:
    """Plain data as a snapshot of the same format, with its digest."""
    body = msgspec.msgpack.encode(tree)
    return like[:HEAD] + hashlib.sha256(body).digest() + body


def nodes(tree: Any) -> list[tuple[Any, Any]]:
    """Every node as (container, key)."""
    found: list[tuple[Any, Any]] = []
    left = [tree]
    while left:
        node = left.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node))
        for key in keys:
            found.append((node, key))
            if isinstance(node[key], dict | list):
                left.append(node[key])
    return found


def number(rng: Random) -> Any:
    """A number as it can be written."""
    made = rng.choice(NUMBERS)
    return made if not isinstance(made, int) or -(2**63) <= made < 2**64 else ["i", str(made)]


def changed_bytes(rng: Random, saved: bytes) -> bytes:
    """Some bytes, one double or one integer of it changed, or its length."""
    what = rng.randrange(7)
    if not saved or what == 0:
        return saved + bytes(rng.choice([1, 7, 8, 16]))
    if what == 1:
        return saved[: rng.randrange(len(saved))]
    if what == 2:
        return saved[: 8 * rng.randrange(1 + len(saved) // 8)]
    if what == 3 or len(saved) < 8:
        at = rng.randrange(len(saved))
        return saved[:at] + bytes([rng.randrange(256)]) + saved[at + 1 :]
    at = 8 * rng.randrange(len(saved) // 8)
    if what < 6:
        made = rng.choice([one for one in NUMBERS if isinstance(one, float)])
        return saved[:at] + struct.pack("=d", made) + saved[at + 8 :]
    made = rng.choice([-1, 0, 1, 2**31, 2**40, -(2**63), 2**63 - 1])
    return saved[:at] + struct.pack("=q", made) + saved[at + 8 :]


def deep(rng: Random) -> Any:
    """Something that nests."""
    made: Any = rng.choice([0, {}, []])
    for _ in range(rng.choice([3, 90, 120, 400])):
        made = rng.choice([["l", [made]], {"a": made}, ["t", [made]]])
    return made


def other(rng: Random, node: Any, all_nodes: list[tuple[Any, Any]]) -> Any:
    """What stands in place of a node."""
    what = rng.randrange(10)
    if what == 0:
        container, key = rng.choice(all_nodes)
        return msgspec.msgpack.decode(msgspec.msgpack.encode(container[key]))
    if what == 1:
        return rng.choice([None, True, False, "", b"", [], {}, ["l", []], ["t", []], ["d", []], deep(rng)])
    if isinstance(node, bytes):
        return changed_bytes(rng, node)
    if isinstance(node, bool):
        return not node
    if isinstance(node, int | float) and what < 5:
        made = node * rng.choice([-1, 0, 2, 1000, 0.5]) + rng.choice([0, 1, -1, 1e-9])
        return made if isinstance(made, float) or -(2**63) <= made < 2**64 else 0
    if isinstance(node, str) and what < 8:
        return rng.choice([*WORDS, node[:-1], node + "x"])
    if isinstance(node, list) and what < 8:
        items = list(node)
        if not items or what < 4:
            items.insert(rng.randrange(len(items) + 1), number(rng))
        elif what < 6:
            del items[rng.randrange(len(items))]
        else:
            items *= rng.choice([2, 50])
        return items
    if isinstance(node, dict) and node and what < 8:
        pairs = list(node.items())
        at = rng.randrange(len(pairs))
        if what < 4:
            del pairs[at]
        elif what < 6:
            pairs[at] = (rng.choice(WORDS), pairs[at][1])
        else:
            pairs.append((rng.choice(WORDS), number(rng)))
        return dict(pairs)
    return number(rng)


def mutated(rng: Random, snapshot: bytes) -> bytes:
    """The snapshot with one to three nodes changed."""
    tree = [tree_of(snapshot)]
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        all_nodes = nodes(tree)
        container, key = rng.choice(all_nodes)
        container[key] = other(rng, container[key], all_nodes)
    return snapshot_of(tree[0], snapshot)
