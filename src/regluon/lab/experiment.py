"""An experiment, described once: its net, loss, data and training."""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from regluon import autograd, ndarray, random
from regluon.gluon import Block, Trainer
from regluon.gluon.data import ArrayDataset, DataLoader
from regluon.gluon.parameter import Parameter
from regluon.ndarray import NDArray

__all__ = ["Experiment", "Prepared", "Run", "places"]

Set = tuple[NDArray, NDArray]
Data = tuple[Set, Set]


@dataclass(frozen=True)
class Run(Mapping[str, Any]):
    """What one run left; as a mapping, what :func:`regluon.lab.report` takes.

    ``train_loss`` and ``test_loss`` are the mean losses after each epoch, ``parameters`` arrays by their
    place in the net, ``decayed`` the names of those that decayed, ``net`` the trained net.
    """

    wd: float
    seed: int
    train_loss: np.ndarray[Any, Any]
    test_loss: np.ndarray[Any, Any]
    parameters: dict[str, np.ndarray[Any, Any]]
    decayed: tuple[str, ...]
    net: Any = field(default=None, repr=False, compare=False)

    @property
    def weights(self) -> np.ndarray[Any, Any]:
        """All elements of what decayed, in one row."""
        return np.concatenate([self.parameters[name].ravel() for name in self.decayed])

    @property
    def norm(self) -> float:
        """‖w‖₂ of :attr:`weights`."""
        return float(np.linalg.norm(self.weights.astype(np.float64)))

    def __getitem__(self, name: str) -> Any:
        if name not in ("train_loss", "test_loss", "weights"):
            raise KeyError(name)
        return getattr(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(("train_loss", "test_loss", "weights"))

    def __len__(self) -> int:
        return 3


class Prepared(NamedTuple):
    """What a run begins with; ``parameters`` are the net's first ones, by their places in it."""

    train: Set
    test: Set
    net: Any
    parameters: dict[str, NDArray]


@dataclass(frozen=True)
class Experiment:
    """A net trained on data, as a function of the weight decay and the seed.

    Called as ``experiment(wd=5, seed=0)`` it is one run, as a program would write it: MXNet's and NumPy's
    generators are seeded, the data drawn, the net made and initialized; then for each epoch a ``DataLoader``
    gives batches, and two Trainers update what decays and what does not. :func:`regluon.lab.path` runs it
    for many values and seeds at once.

    Parameters
    ----------
    net
        A function that makes the net.
    loss
        A Gluon loss, or a function of predictions and labels: one number for each example.
    data
        A function that draws ``(inputs, labels), (inputs, labels)``, to train and to test with; or these
        arrays, the same for all seeds.
    optimizer, optimizer_params
        As a ``Trainer`` takes them, without ``wd``.
    epochs, batch_size, shuffle
        How long, by how many examples at a time, and whether in a new order each epoch.
    init
        The initializer.
    decays
        A regular expression for the names of the parameters that decay: by default all but biases and the
        like; ``".*"`` for all.

    Raises
    ------
    ValueError, TypeError
        If an argument cannot be meant; says which.
    """

    net: Callable[[], Any]
    loss: Callable[[Any, Any], Any]
    data: Callable[[], Data] | Data
    optimizer: str = "sgd"
    optimizer_params: Mapping[str, Any] = field(default_factory=dict)
    epochs: int = 10
    batch_size: int = 1
    shuffle: bool = True
    init: Any = None
    decays: str = ".*weight"

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_size"):
            if operator.index(getattr(self, name)) < 1:
                raise ValueError(f"Experiment: {name} must be at least 1, not {getattr(self, name)}")
        net: Any = self.net
        if isinstance(net, Block) or not callable(net):
            raise TypeError(
                f"Experiment: net must be a function that makes a new net for each run, not {net!r}"
            )
        if "wd" in self.optimizer_params:
            raise ValueError("Experiment: wd belongs into the call, experiment(wd=...), not here")

    def __call__(self, wd: float, seed: int = 0) -> Run:
        """One run.

        Parameters
        ----------
        wd
            The weight decay.
        seed
            Of ``mx.random`` and of ``numpy.random``, from which a ``DataLoader`` draws its orders.
        """
        train, test, net, _ = self.prepare(seed)
        trainers = [
            Trainer(list(parameters.values()), self.optimizer, {**self.copied_params(), "wd": decay})
            for parameters, decay in zip(self.parts(net), (float(wd), 0.0), strict=True)
            if parameters
        ]
        batches = DataLoader(ArrayDataset(*train), self.batch_size, shuffle=self.shuffle)
        losses = []
        for _ in range(self.epochs):
            for x, y in batches:
                with autograd.record():
                    error = self.loss(net(x), y)
                error.backward()
                for trainer in trainers:
                    trainer.step(self.batch_size)
            losses.append([float(self.loss(net(x), y).mean().asscalar()) for x, y in (train, test)])
        on_train, on_test = np.array(losses).T
        arrays = {name: p.data().asnumpy() for name, p in places(net).items()}
        return Run(float(wd), seed, on_train, on_test, arrays, tuple(self.parts(net)[0]), net)

    def prepare(self, seed: int, net: Any = None) -> Prepared:
        """Seeds the generators, draws the data, and makes and initializes a net, in this order.

        A ``net`` of this experiment can be given, to be initialized again instead, in the order in which it
        lists its parameters and not in that of its layers' first calls.
        """
        _seed(seed)
        train, test = self._drawn()
        net = self._initialized(train[0][:1], net)
        return Prepared(train, test, net, {name: p.data() for name, p in places(net).items()})

    def begins_anew(self, one: Prepared, seed: int) -> bool:
        """Whether the net, initialized again, gets the numbers of a new one, and leaves the same to be drawn.

        ``seed`` is another one than the net was made with.
        """
        found = []
        for net in (None, one.net):
            _seed(seed)
            arrays = places(self._initialized(one.train[0][:1], net)).values()
            left = ndarray.random.uniform(shape=1).asnumpy(), np.random.random(1)  # noqa: NPY002 (see _seed)
            found.append([*(p.data().asnumpy() for p in arrays), *left])
        return len(found[0]) == len(found[1]) and all(map(np.array_equal, *found))

    def _initialized(self, example: NDArray, net: Any) -> Any:
        if net is not None:
            net.initialize(self.init, force_reinit=True)
            return net
        net = self.net()
        if not isinstance(net, Block):
            raise TypeError(f"Experiment: net() must return a Block, not {net!r}")
        net.initialize(self.init)
        net(example)  # initializes what waits for the shape of its input
        return net

    def parts(self, net: Any) -> tuple[dict[str, Parameter], dict[str, Parameter]]:
        """The parameters that decay and those that do not, by their places in the net."""
        chosen = set(net.collect_params(self.decays).keys())
        learned = {name: p for name, p in places(net).items() if p.grad_req != "null"}
        decaying = {name: p for name, p in learned.items() if p.name in chosen}
        if not decaying:
            known = ", ".join(p.name for p in learned.values()) or "none"
            raise ValueError(f"Experiment: decays={self.decays!r} fits no parameter; there are: {known}")
        return decaying, {name: p for name, p in learned.items() if name not in decaying}

    def copied_params(self) -> dict[str, Any]:
        """The optimizer's arguments, copied: a scheduler keeps count of its updates."""
        return copy.deepcopy(dict(self.optimizer_params))

    def _drawn(self) -> Data:
        data = self.data() if callable(self.data) else self.data
        try:
            (a, b), (c, d) = data
        except (TypeError, ValueError):
            raise TypeError(
                "Experiment: data must be ((inputs, labels), (inputs, labels)), to train and to test with"
            ) from None
        for one in (a, b, c, d):
            if not isinstance(one, NDArray):
                raise TypeError(f"Experiment: data must be NDArrays, not {type(one).__name__}")
        for what, x, y in (("train", a, b), ("test", c, d)):
            if len(x) != len(y) or not len(x):
                raise ValueError(f"Experiment: {len(x)} inputs to {what} with, and {len(y)} labels")
        return (a, b), (c, d)


def places(net: Any) -> dict[str, Parameter]:
    """A net's parameters by their places in it; one that has several, by the first."""
    found = {id(p): (name, p) for name, p in reversed(net._collect_params_with_prefix().items())}
    return dict(reversed(found.values()))


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed % 2**32)  # noqa: NPY002 (it is what a DataLoader shuffles by)
