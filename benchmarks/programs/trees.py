"""Random binary trees over words: tuples, and word numbers as leaves. A new one for every example."""

import random


def grow(rng, leaves, words):
    """A random tree with that many leaves."""
    if leaves == 1:
        return rng.randrange(words)
    left = rng.randint(1, leaves - 1)
    return grow(rng, left, words), grow(rng, leaves - left, words)


def forest(count, words, seed=0):
    """Trees of 5 to 25 leaves."""
    rng = random.Random(seed)
    return [grow(rng, rng.randint(5, 25), words) for _ in range(count)]
