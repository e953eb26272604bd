"""Which generator is whose, and how they are seeded."""

from __future__ import annotations

import contextlib
import operator
import threading
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from regluon.context import SHAPES, Context, as_context, num_gpus
from regluon.random.cpu import MXNetGenerator
from regluon.random.device import TorchGenerator

__all__ = ["Generator", "expecting", "generator", "seed"]

_SEEDS = 2**32

Generator: TypeAlias = MXNetGenerator | TorchGenerator


class _Streams:
    """All there are, made when they are first asked for."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.cpu = MXNetGenerator()
        self.known: dict[Context, Generator] = {}
        self.last_seed = 0

    def make(self, ctx: Context) -> Generator:
        with self.lock:
            if ctx not in self.known:
                own = ctx is SHAPES or ctx.device_type == "gpu"
                self.known[ctx] = TorchGenerator(ctx.torch_device, self.last_seed) if own else self.cpu
            return self.known[ctx]

    def seed(self, number: int) -> None:
        with self.lock:
            self.last_seed = number
            found = {self.cpu, *self.known.values()}
        for one in found:
            one.seed(number)


_streams = _Streams()


def generator(ctx: Context) -> Generator:
    """The streams of a context: one set for all CPU contexts, one per GPU. Who seeds nothing has seed 0."""
    try:
        return _streams.known[ctx]
    except KeyError:
        return _streams.make(ctx)


def seed(seed_state: int, ctx: Context | str = "all") -> None:
    """Begins the streams of all contexts, or of one, anew.

    Parameters
    ----------
    seed_state : int
        Of which the lower 32 bits count.
    ctx : Context
        With "all", GPUs get different numbers from each other; with a GPU's context, the numbers do not
        depend on which one it is, and a GPU that is not there is passed over. All CPU contexts share their
        streams, so seeding one seeds them all.

    Raises
    ------
    ValueError
        If the seed is no integer.
    """
    try:
        number = operator.index(seed_state) % _SEEDS
    except TypeError:
        raise ValueError(f"random.seed: the seed must be an int, not {seed_state!r}") from None
    if ctx == "all":
        _streams.seed(number)
        return
    context = as_context(ctx)
    if context.device_type != "gpu" or context.device_id < num_gpus():
        generator(context).seed(number, own=True)


@contextlib.contextmanager
def expecting(seeds: Sequence[int]) -> Iterator[None]:
    """Within this, CPU contexts will be given these seeds, in this order.

    What they begin with is made together, in less time. The numbers are the same, whatever comes.
    """
    _streams.cpu.expect([operator.index(seed) % _SEEDS for seed in seeds])
    try:
        yield
    finally:
        _streams.cpu.expect(())
