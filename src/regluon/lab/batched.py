"""All values and seeds of an experiment as one batched computation."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from regluon import autograd, random
from regluon.base import MXNetError
from regluon.gluon.data.sampler import RandomSampler
from regluon.lab.evaluation import Evaluation
from regluon.lab.experiment import Experiment, Prepared, places
from regluon.lab.paths import Path
from regluon.lab.seeds import some_seeds
from regluon.lab.stacked import Runs, Stacked, spread
from regluon.lab.updates import Stack, updates
from regluon.ndarray import NDArray

__all__ = ["path"]

_CHUNK = 1 << 24  # elements that are gathered at once
_FEW_PRODUCTS = 1 << 22
_MANY = 4  # seeds from which on it is worth a trial whether one net can be initialized again and again


def path(fit: Experiment, wd: Iterable[float], seeds: int | Iterable[int] = 1) -> Path:
    """Trains an experiment with every weight decay and every seed, all at once.

    The numbers are those of ``fit(wd=w, seed=s)`` one by one, up to rounding: each run has the data, first
    weights and orders of examples that its seed gives it. Only what is computed of them is batched.

    Parameters
    ----------
    fit
        The experiment. Its net may be of Dense layers and of operators that treat each element apart
        (activations, sums, flattening, softmax); its optimizer any that does so, such as SGD, NAG or Adam.
    wd
        The weight decays.
    seeds
        The seeds; a number n stands for 0, 10, ..., 10 (n - 1), see :func:`~regluon.lab.some_seeds`.

    Raises
    ------
    MXNetError
        If the net, the loss or the optimizer cannot be batched; names the layer and the reason.
    TypeError, ValueError
        If ``fit`` is no Experiment, or there is no value.
    """
    if not isinstance(fit, Experiment):
        raise TypeError(
            f"lab.path: {fit!r} is no lab.Experiment, whose training can be batched; a plain function runs "
            "one after another: regluon sweep FILE.py:FUNCTION"
        )
    values, numbers = _as_values(wd), some_seeds(seeds)
    runs = Runs(len(numbers), len(values))
    with random.expecting(numbers):
        prepared, orders = _prepared(fit, numbers)
    net = prepared[0].net
    stacked = Stacked(net, runs)
    decaying, _ = fit.parts(net)
    stacks = _stacks(prepared, runs, stacked.parameters, decaying)
    sets = _joined([one.train for one in prepared]), _joined([one.test for one in prepared])
    training = _Training(fit, stacked, list(stacks.values()), sets[0])
    update = updates(fit.optimizer, fit.copied_params(), values, list(stacks.values()), fit.batch_size)
    evaluation = Evaluation(stacked, fit.loss, sets, training.parameters, fit.epochs)
    with _threads(fit.batch_size * sum(stack.data.size for stack in stacks.values())):
        for epoch in range(fit.epochs):
            training.epoch(orders[:, epoch], update)
            evaluation.keep()
        on_train, on_test = evaluation.losses()
    arrays = {name: stack.data._data.transpose(0, 1).numpy() for name, stack in stacks.items()}
    return Path(values, numbers, on_train, on_test, arrays, tuple(decaying), fit)


@contextlib.contextmanager
def _threads(products: int) -> Iterator[None]:
    """One thread for steps of few multiplications: waking the others takes longer than these."""
    count = torch.get_num_threads()
    few = products < _FEW_PRODUCTS and count > 1
    if few:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        if few:
            torch.set_num_threads(count)


def _as_values(wd: Iterable[float]) -> tuple[float, ...]:
    values = tuple(map(float, wd))
    if not values or not all(map(math.isfinite, values)) or len(set(values)) < len(values):
        raise ValueError(f"lab.path: wd must be different finite numbers, at least one, not {list(values)}")
    return values


def _prepared(fit: Experiment, seeds: Sequence[int]) -> tuple[list[Prepared], np.ndarray[Any, Any]]:
    """What the seeds' runs begin with, and their orders of examples: (seeds, epochs, examples)."""
    found: list[Prepared] = []
    orders: list[Any] = []
    net = None
    for seed in seeds:
        one = fit.prepare(seed, net)
        sampler = RandomSampler(len(one.train[0]))
        count = range(fit.epochs)
        orders.append([sampler.order() if fit.shuffle else np.arange(len(sampler)) for _ in count])
        found.append(one)
        shapes = [[a.shape for a in (*p.train, *p.test)] for p in (found[0], one)]
        if shapes[0] != shapes[1]:
            raise ValueError(f"lab.path: seeds {seeds[0]} and {seed} drew data of shapes {shapes}")
        if len(found) == 1 and len(seeds) >= _MANY:
            net = one.net if fit.begins_anew(one, seeds[1]) else None
    return found, np.array(orders)


def _stacks(
    prepared: Sequence[Prepared], runs: Runs, used: Sequence[str], decaying: Iterable[str]
) -> dict[str, Stack]:
    """The parameters of all nets, stacked as (seeds, values, ...); those that the net uses."""
    decaying, stacks, like = set(decaying), {}, places(prepared[0].net)
    for name in used:
        first = torch.stack([one.parameters[name]._data for one in prepared]).unsqueeze(1)
        data = first.expand(-1, runs.values, *first.shape[2:]).contiguous()
        stacks[name] = Stack(data, like[name], name in decaying)
    return stacks


def _joined(sets: Sequence[tuple[NDArray, NDArray]]) -> tuple[Tensor, Tensor]:
    """Inputs and labels of all seeds, one below the other."""
    x, y = (torch.cat([part._data for part in column]) for column in zip(*sets, strict=True))
    return x, y


class _Training:
    """The data of all runs to train with, and how they go through the net."""

    def __init__(
        self, fit: Experiment, net: Stacked, stacks: Sequence[Stack], data: tuple[Tensor, Tensor]
    ) -> None:
        self.fit, self.net = fit, net
        self.stacks = stacks
        self.parameters = [stack.data for stack in stacks]
        self.straight = net.straight(fit.loss, [stack.learned for stack in stacks])
        self.inputs, self.labels = data[0], spread(data[1], net.runs)
        self.count = len(self.inputs) // net.runs.seeds
        self.checked = False

    def epoch(self, orders: np.ndarray[Any, Any], update: Callable[[Sequence[Tensor | None]], None]) -> None:
        """One pass over the examples, in an order for each seed."""
        for x, y in self._batches(torch.from_numpy(orders)):
            if self.checked and self.straight is not None:
                update(self.straight(x, y, [p._data for p in self.parameters]))
            else:
                update(self._gradients(NDArray(x), NDArray(y)))

    def _gradients(self, x: NDArray, y: NDArray) -> list[Tensor | None]:
        """Those of the parameters, by the tape, in the parameters' own buffers."""
        with autograd.record():
            error = self.fit.loss(self.net(x, self.parameters), y)
            if not self.checked:
                self._check(x, y, error)
            error.backward()
        found = [stack.gradient for stack in self.stacks]
        if not self.checked and self.straight is not None:
            # A loss may do what its graph does not show.
            again = self.straight(x._data, y._data, [p._data for p in self.parameters])
            if not all(map(_same, again, found)):
                self.straight = None
        self.checked = True
        return found

    def _batches(self, orders: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """Batches for all runs: inputs for each seed, labels for each run."""
        size = self.fit.batch_size
        at_once = max(1, _CHUNK // max(1, orders.shape[0] * size * self.inputs[0].numel()))
        for start in range(0, self.count, at_once * size):
            yield from self._gathered(orders[:, start : start + at_once * size], size)

    def _gathered(self, orders: Tensor, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of these examples, each array gathered in one operation."""
        runs = self.net.runs
        starts = self.count * torch.arange(runs.seeds * runs.values)
        of_seeds = orders + starts[: runs.seeds, None]
        of_runs = orders.repeat_interleave(runs.values, 0) + starts[:, None]
        inputs, labels = _taken(self.inputs, of_seeds, size), _taken(self.labels, of_runs, size)
        yield from zip(inputs, labels, strict=True)

    def _check(self, x: NDArray, y: NDArray, error: NDArray) -> None:
        """See that the loss is one number for each example that depends on this example alone."""
        rows = len(y)
        if error.size != rows:
            raise MXNetError(
                f"lab.path: the loss of {rows} examples has the shape {error.shape}; one number for each "
                "example is needed, as Gluon's losses give it"
            )
        part = rows // (self.net.runs.seeds * self.net.runs.values)
        alone = self.fit.loss(self.net(x, self.parameters)[:part], y[:part])
        if not np.allclose(alone.asnumpy().ravel(), error.asnumpy().ravel()[:part], 1e-4, 1e-6, True):
            raise MXNetError("lab.path: the loss of an example depends on the others of its batch")


def _same(one: Tensor | None, other: Tensor | None) -> bool:
    """Whether gradients are the same; one that is not asked for, or zero, is None."""
    if one is None or other is None:
        return one is None and (other is None or not other.any())
    return torch.allclose(one, other, rtol=1e-5, atol=1e-7, equal_nan=True)


def _taken(array: Tensor, rows: Tensor, size: int) -> Sequence[Tensor]:
    """What is in rows (groups, examples), batch by batch, that of a batch group by group."""
    groups, count = rows.shape
    batches, rest = divmod(count, size)
    whole = rows[:, : count - rest].reshape(groups, batches, size).transpose(0, 1).reshape(-1)
    order = torch.cat((whole, rows[:, count - rest :].reshape(-1))) if rest else whole
    sizes = [groups * size] * batches + [groups * rest] * (rest > 0)
    return torch.unsafe_split_with_sizes(torch.index_select(array, 0, order), sizes)
