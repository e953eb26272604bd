"""Language models by characters as in the edition of 2018, whose nets take each state as an argument."""

# ruff: noqa: T201
from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from regluon import autograd
from regluon import ndarray as nd
from regluon.gluon.loss import SoftmaxCrossEntropyLoss
from regluon.toolbox.linear import sgd
from regluon.toolbox.recurrent import _continued
from regluon.toolbox.sequences import data_iter_consecutive, data_iter_random, grad_clipping

__all__ = ["predict_rnn", "train_and_predict_rnn"]


def predict_rnn(
    rnn: Callable[..., Any],
    prefix: str,
    num_chars: int,
    params: Sequence[Any],
    num_hiddens: int,
    vocab_size: int,
    ctx: Any,
    idx_to_char: Sequence[str],
    char_to_idx: dict[str, int],
    get_inputs: Callable[..., Any],
    is_lstm: bool = False,
) -> str:
    """A text in small letters and the `num_chars` characters that a net finds most likely to follow.

    Parameters
    ----------
    rnn : function
        Of the inputs, the state (two, if `is_lstm`), and each parameter: gives the list of scores and the
        states.
    prefix : str
    num_chars : int
    params : list of NDArray
    num_hiddens, vocab_size : int
    ctx : Context
    idx_to_char, char_to_idx
        The characters by number, and the numbers by character.
    get_inputs : function
        Of an array of numbers and `vocab_size`: gives the net's inputs, as `to_onehot` does.
    is_lstm : bool
        Whether there is a memory cell beside the hidden state.
    """
    states = _zeros(1, num_hiddens, ctx, is_lstm)

    def following(index: int) -> Any:
        nonlocal states
        scores, *states = rnn(get_inputs(nd.array([index], ctx=ctx), vocab_size), *states, *params)
        return scores[0]

    return _continued(prefix.lower(), num_chars, following, idx_to_char, char_to_idx)


def train_and_predict_rnn(
    rnn: Callable[..., Any],
    is_random_iter: bool,
    num_epochs: int,
    num_steps: int,
    num_hiddens: int,
    lr: float,
    clipping_theta: float | None,
    batch_size: int,
    vocab_size: int,
    pred_period: int,
    pred_len: int,
    prefixes: Iterable[str],
    get_params: Callable[[], Any],
    get_inputs: Callable[..., Any],
    ctx: Any,
    corpus_indices: Sequence[int],
    idx_to_char: Sequence[str],
    char_to_idx: dict[str, int],
    is_lstm: bool = False,
) -> None:
    """Train a recurrent net by the sum of its losses, and print now and then its perplexity and a text.

    Parameters
    ----------
    rnn, num_hiddens, vocab_size, get_inputs, ctx, idx_to_char, char_to_idx, is_lstm
        As of `predict_rnn`.
    is_random_iter : bool
        Whether batches are drawn at random, each with a new state, or follow one another.
    num_epochs, num_steps, batch_size : int
    lr, clipping_theta
        Of `sgd` and `grad_clipping`.
    pred_period, pred_len : int
        After how many epochs to print, and how many characters to write.
    prefixes : list of str
        What the texts begin with.
    get_params : function
        Gives the arrays to learn, with gradients.
    corpus_indices : list of int
    """
    params = get_params()
    loss = SoftmaxCrossEntropyLoss()
    batches = data_iter_random if is_random_iter else data_iter_consecutive
    for epoch in range(1, num_epochs + 1):
        states = _zeros(batch_size, num_hiddens, ctx, is_lstm)
        loss_sum, n = 0.0, 0
        for X, Y in batches(corpus_indices, batch_size, num_steps, ctx):
            if is_random_iter:
                states = _zeros(batch_size, num_hiddens, ctx, is_lstm)
            states = [state.detach() for state in states]
            with autograd.record():
                outputs, *states = rnn(get_inputs(X, vocab_size), *states, *params)
                losses = loss(nd.concat(*outputs, dim=0), Y.T.reshape((-1,)))
            losses.backward()
            grad_clipping(params, clipping_theta, ctx)
            sgd(params, lr, 1)
            loss_sum += float(losses.sum().asscalar())
            n += losses.size
        if epoch % pred_period == 0:
            print(f"\nepoch {epoch}, perplexity {math.exp(loss_sum / n):f}")
            more = (num_hiddens, vocab_size, ctx, idx_to_char, char_to_idx, get_inputs, is_lstm)
            for prefix in prefixes:
                print(" - ", predict_rnn(rnn, prefix, pred_len, params, *more))


def _zeros(batch_size: int, num_hiddens: int, ctx: Any, is_lstm: bool) -> list[Any]:
    """The first hidden state, and the first memory cell of an LSTM."""
    return [nd.zeros(shape=(batch_size, num_hiddens), ctx=ctx) for _ in range(2 if is_lstm else 1)]
