"""Language models by characters: trained, and asked to go on with a text, as in the edition of 2019."""

# ruff: noqa: T201
from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from regluon import autograd
from regluon import ndarray as nd
from regluon.gluon import Trainer, nn
from regluon.gluon.loss import SoftmaxCrossEntropyLoss
from regluon.initializer import Normal
from regluon.toolbox.linear import sgd
from regluon.toolbox.sequences import data_iter_consecutive, data_iter_random, grad_clipping, to_onehot

__all__ = [
    "RNNModel",
    "predict_rnn",
    "predict_rnn_gluon",
    "train_and_predict_rnn",
    "train_and_predict_rnn_gluon",
]


class RNNModel(nn.Block):
    """A recurrent layer over one-hot characters, and a dense layer from its outputs to the next character.

    Parameters
    ----------
    rnn_layer : RNN, LSTM or GRU
        In layout TNC.
    vocab_size : int
    """

    def __init__(self, rnn_layer: Any, vocab_size: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rnn = rnn_layer
        self.vocab_size = vocab_size
        self.dense = nn.Dense(vocab_size)

    def forward(self, inputs: Any, state: Any) -> tuple[Any, Any]:
        """(batch, steps) numbers and a state to (steps · batch, vocab_size) scores and the next state."""
        X = nd.one_hot(inputs.T, self.vocab_size)
        Y, state = self.rnn(X, state)
        return self.dense(Y.reshape((-1, Y.shape[-1]))), state

    def begin_state(self, *args: Any, **kwargs: Any) -> Any:
        """The layer's first state."""
        return self.rnn.begin_state(*args, **kwargs)


def predict_rnn(
    prefix: str,
    num_chars: int,
    rnn: Callable[..., Any],
    params: Any,
    init_rnn_state: Callable[..., Any],
    num_hiddens: int,
    vocab_size: int,
    ctx: Any,
    idx_to_char: Sequence[str],
    char_to_idx: dict[str, int],
) -> str:
    """A text and the `num_chars` characters that a net from scratch finds most likely to follow.

    Parameters
    ----------
    prefix : str
    num_chars : int
    rnn : function
        Of a list of one-hot inputs, the state and the parameters: gives the list of scores and the state.
    params : list of NDArray
    init_rnn_state : function
        Of the batch size, `num_hiddens` and `ctx`: gives the first state.
    num_hiddens, vocab_size : int
    ctx : Context
    idx_to_char, char_to_idx
        The characters by number, and the numbers by character.
    """
    state = init_rnn_state(1, num_hiddens, ctx)

    def following(index: int) -> Any:
        nonlocal state
        scores, state = rnn(to_onehot(nd.array([index], ctx=ctx), vocab_size), state, params)
        return scores[0]

    return _continued(prefix, num_chars, following, idx_to_char, char_to_idx)


def predict_rnn_gluon(
    prefix: str,
    num_chars: int,
    model: Any,
    vocab_size: int,
    ctx: Any,
    idx_to_char: Sequence[str],
    char_to_idx: dict[str, int],
) -> str:
    """A text and the `num_chars` characters that a model of Gluon finds most likely to follow.

    Parameters
    ----------
    prefix : str
    num_chars : int
    model : RNNModel
    vocab_size : int
    ctx : Context
    idx_to_char, char_to_idx
        The characters by number, and the numbers by character.
    """
    state = model.begin_state(batch_size=1, ctx=ctx)

    def following(index: int) -> Any:
        nonlocal state
        scores, state = model(nd.array([[index]], ctx=ctx), state)
        return scores

    return _continued(prefix, num_chars, following, idx_to_char, char_to_idx)


def train_and_predict_rnn(
    rnn: Callable[..., Any],
    get_params: Callable[[], Any],
    init_rnn_state: Callable[..., Any],
    num_hiddens: int,
    vocab_size: int,
    ctx: Any,
    corpus_indices: Sequence[int],
    idx_to_char: Sequence[str],
    char_to_idx: dict[str, int],
    is_random_iter: bool,
    num_epochs: int,
    num_steps: int,
    lr: float,
    clipping_theta: float | None,
    batch_size: int,
    pred_period: int,
    pred_len: int,
    prefixes: Iterable[str],
) -> None:
    """Train a recurrent net from scratch, and print now and then its perplexity and what it writes.

    Parameters
    ----------
    rnn, init_rnn_state, num_hiddens, vocab_size, ctx, idx_to_char, char_to_idx
        As of `predict_rnn`.
    get_params : function
        Gives the arrays to learn, with gradients.
    corpus_indices : list of int
    is_random_iter : bool
        Whether batches are drawn at random, each with a new state, or follow one another.
    num_epochs, num_steps, batch_size : int
    lr, clipping_theta
        Of `sgd` and `grad_clipping`.
    pred_period, pred_len : int
        After how many epochs to print, and how many characters to write.
    prefixes : list of str
        What the texts begin with.
    """
    params = get_params()
    loss = SoftmaxCrossEntropyLoss()
    batches = data_iter_random if is_random_iter else data_iter_consecutive

    def step(X: Any, Y: Any, state: Any) -> tuple[Any, Any]:
        with autograd.record():
            outputs, state = rnn(to_onehot(X, vocab_size), state, params)
            mean = loss(nd.concat(*outputs, dim=0), Y.T.reshape((-1,))).mean()
        mean.backward()
        grad_clipping(params, clipping_theta, ctx)
        sgd(params, lr, 1)
        return mean, state

    def begin() -> Any:
        return init_rnn_state(batch_size, num_hiddens, ctx)

    def predict(prefix: str) -> str:
        more = (num_hiddens, vocab_size, ctx, idx_to_char, char_to_idx)
        return predict_rnn(prefix, pred_len, rnn, params, init_rnn_state, *more)

    for epoch in range(num_epochs):
        start = time.time()
        data = batches(corpus_indices, batch_size, num_steps, ctx)
        perplexity = _epoch(step, begin, data, is_random_iter)
        if (epoch + 1) % pred_period == 0:
            _report(epoch, perplexity, start, prefixes, predict)


def train_and_predict_rnn_gluon(
    model: Any,
    num_hiddens: int,
    vocab_size: int,
    ctx: Any,
    corpus_indices: Sequence[int],
    idx_to_char: Sequence[str],
    char_to_idx: dict[str, int],
    num_epochs: int,
    num_steps: int,
    lr: float,
    clipping_theta: float | None,
    batch_size: int,
    pred_period: int,
    pred_len: int,
    prefixes: Iterable[str],
) -> None:
    """Train a recurrent model of Gluon, and print now and then its perplexity and what it writes.

    Parameters
    ----------
    model : RNNModel
        Initialized here.
    num_hiddens : int
        Not used: the model knows it.
    vocab_size, ctx, idx_to_char, char_to_idx
        As of `predict_rnn_gluon`.
    corpus_indices, num_epochs, num_steps, lr, clipping_theta, batch_size, pred_period, pred_len, prefixes
        As of `train_and_predict_rnn`.
    """
    loss = SoftmaxCrossEntropyLoss()
    model.initialize(ctx=ctx, force_reinit=True, init=Normal(0.01))
    trainer = Trainer(model.collect_params(), "sgd", {"learning_rate": lr, "momentum": 0, "wd": 0})

    def step(X: Any, Y: Any, state: Any) -> tuple[Any, Any]:
        with autograd.record():
            output, state = model(X, state)
            mean = loss(output, Y.T.reshape((-1,))).mean()
        mean.backward()
        grad_clipping([p.data() for p in model.collect_params().values()], clipping_theta, ctx)
        trainer.step(1)
        return mean, state

    def begin() -> Any:
        return model.begin_state(batch_size=batch_size, ctx=ctx)

    def predict(prefix: str) -> str:
        return predict_rnn_gluon(prefix, pred_len, model, vocab_size, ctx, idx_to_char, char_to_idx)

    for epoch in range(num_epochs):
        start = time.time()
        data = data_iter_consecutive(corpus_indices, batch_size, num_steps, ctx)
        perplexity = _epoch(step, begin, data, begin_each=False)
        if (epoch + 1) % pred_period == 0:
            _report(epoch, perplexity, start, prefixes, predict)


def _continued(
    prefix: str,
    num_chars: int,
    following: Callable[[int], Any],
    idx_to_char: Sequence[str],
    char_to_idx: dict[str, int],
) -> str:
    """A text and the characters after it; `following` gives the scores of what comes after a number."""
    output = [char_to_idx[prefix[0]]]
    for t in range(1, num_chars + len(prefix)):
        scores = following(output[-1])
        output.append(char_to_idx[prefix[t]] if t < len(prefix) else int(scores.argmax(axis=1).asscalar()))
    return "".join(idx_to_char[i] for i in output)


def _epoch(
    step: Callable[..., tuple[Any, Any]], begin: Callable[[], Any], data: Iterable[Any], begin_each: bool
) -> float:
    """One pass over a text: the perplexity. The state goes from batch to batch unless `begin_each`."""
    state = begin()
    loss_sum, n = 0.0, 0
    for X, Y in data:
        state = begin() if begin_each else _detached(state)
        mean, state = step(X, Y, state)
        loss_sum += float(mean.asscalar()) * Y.size
        n += Y.size
    return math.exp(loss_sum / n)


def _detached(state: Any) -> Any:
    """A state as a start: gradients do not go back to the batch before."""
    if isinstance(state, (list, tuple)):
        parts = [s.detach() for s in state]
        return tuple(parts) if isinstance(state, tuple) else parts
    return state.detach()


def _report(
    epoch: int, perplexity: float, start: float, prefixes: Iterable[str], predict: Callable[[str], str]
) -> None:
    print(f"epoch {epoch + 1}, perplexity {perplexity:f}, time {time.time() - start:.2f} sec")
    for prefix in prefixes:
        print(" -", predict(prefix))
