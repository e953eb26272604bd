"""Sequences and their losses: what has no alignment, what MXNet leaves undefined, what errors say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regluon import autograd, nd
from regluon.base import MXNetError

DATA = nd.arange(24).reshape((4, 2, 3))


def test_a_label_without_an_alignment_has_no_loss_and_no_gradient() -> None:
    data = nd.array(np.random.RandomState(0).standard_normal((2, 2, 4)))
    data.attach_grad()
    with autograd.record():
        loss = nd.CTCLoss(data, nd.array([[1, 1], [1, 2]]))
    loss.backward()
    assert loss[0].asscalar() == 0
    assert loss[1].asscalar() > 0
    assert not data.grad[:, 0].asnumpy().any()
    assert data.grad[:, 1].asnumpy().all()


REFUSED = [
    (lambda: nd.SequenceMask(DATA, nd.ones(2)), "go together"),
    (lambda: nd.SequenceMask(DATA, nd.ones(2), use_sequence_length=True, axis=2), "axis=2: .* axis 0 or 1"),
    (lambda: nd.SequenceReverse(DATA, axis=1), "axis=1: .* axis 0"),
    (lambda: nd.SequenceLast(DATA, nd.array([0, 1]), use_sequence_length=True), r"in 1\.\.\.4"),
    (lambda: nd.SequenceReverse(DATA, nd.array([5, 1]), use_sequence_length=True), r"in 0\.\.\.4"),
    (lambda: nd.SequenceLast(DATA, nd.ones(4), use_sequence_length=True), r"must have shape \(2,\)"),
    (lambda: nd.CTCLoss(DATA, nd.ones((2, 5))), "2 rows of at most 4 numbers"),
    (lambda: nd.CTCLoss(DATA, nd.array([[1, -1], [2, 2]])), r"class numbers must be in 0\.\.\.2"),
    (lambda: nd.CTCLoss(DATA, nd.ones((2, 2)), nd.array([5, 1]), use_data_lengths=True), r"in 0\.\.\.4"),
    (lambda: nd.CTCLoss(DATA, nd.ones((2, 2)), label_lengths=nd.ones(2)), "label_lengths and use_label"),
]


@pytest.mark.parametrize(("call", "said"), REFUSED)
def test_errors_name_what_was_expected(call: Any, said: str) -> None:
    with pytest.raises(MXNetError, match=said):
        call()
