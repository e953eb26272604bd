"""Connectionist temporal classification."""

from __future__ import annotations

from typing import Literal

import torch

from regluon.ops.registry import Tensor, register

__all__ = ["ctc_loss"]

_NO_REDUCTION = 0


@register("CTCLoss", aliases=("ctc_loss", "_contrib_CTCLoss", "_contrib_ctc_loss"))
def ctc_loss(
    data: Tensor,
    label: Tensor,
    data_lengths: Tensor | None = None,
    label_lengths: Tensor | None = None,
    *,
    use_data_lengths: bool = False,
    use_label_lengths: bool = False,
    blank_label: Literal["first", "last"] = "first",
) -> Tensor:
    """-log Σ Πₜ softmax(data)[t, aₜ], over all alignments a of the label with the steps

    An alignment becomes its label when repetitions are taken for one and then blanks are left out. Where
    there is none, as of a label that is too long, the loss is 0 and has no gradient. Graves et al.,
    "Connectionist Temporal Classification", 2006.

    Parameters
    ----------
    use_data_lengths, use_label_lengths
        Whether the lengths are given; else all steps count, and a label ends before its first padding.
    blank_label
        "first": the blank is class 0, and 0 is the padding. "last": the blank is the last class, and -1 is
        the padding.

    Inputs
    ------
    data : (steps, n, classes), before the softmax
    label : (n, length), length at most steps; class numbers
    data_lengths, label_lengths : (n,), whole numbers

    Outputs
    -------
    out : (n,)
    """
    if use_label_lengths and not use_data_lengths and label_lengths is None:
        data_lengths, label_lengths = None, data_lengths
    _check(data, label)
    steps, samples, classes = data.shape
    if data.is_meta:
        return data.new_empty((samples,))
    blank, padding = (0, 0) if blank_label == "first" else (classes - 1, -1)
    numbers = label.detach().to(torch.int64)
    inputs = _lengths("data", data_lengths, use_data_lengths, samples, steps)
    counts = _lengths("label", label_lengths, use_label_lengths, samples, label.shape[1])
    if counts is None:
        counts = torch.cumprod(numbers != padding, 1).sum(1)
    if inputs is None:
        inputs = torch.full((samples,), steps, device=data.device)
    used = torch.arange(label.shape[1], device=data.device) < counts.unsqueeze(1)
    numbers = torch.where(used, numbers, blank)
    if numbers.is_cpu and torch.any((numbers < 0) | (numbers >= classes)):
        raise ValueError(f"the label's class numbers must be in 0...{classes - 1}")
    logs = torch.log_softmax(data, 2)
    return torch.ctc_loss(logs, numbers, inputs, counts, blank, _NO_REDUCTION, True)


def _check(data: Tensor, label: Tensor) -> None:
    if data.dim() != 3 or label.dim() != 2:
        raise ValueError("data must have shape (steps, n, classes) and the label (n, length)")
    if label.shape[0] != data.shape[1] or label.shape[1] > data.shape[0]:
        raise ValueError(
            f"the label has shape {tuple(label.shape)}; beside {data.shape[0]} steps of {data.shape[1]} "
            f"samples it must have {data.shape[1]} rows of at most {data.shape[0]} numbers"
        )


def _lengths(name: str, lengths: Tensor | None, use: bool, samples: int, limit: int) -> Tensor | None:
    if use != (lengths is not None):
        raise ValueError(f"{name}_lengths and use_{name}_lengths=True go together: give both or neither")
    if lengths is None:
        return None
    if lengths.shape != (samples,):
        raise ValueError(f"{name}_lengths must have shape {(samples,)}, but it has {tuple(lengths.shape)}")
    found = lengths.detach().to(torch.int64)
    if found.is_cpu and torch.any((found < 0) | (found > limit)):
        raise ValueError(f"each of {name}_lengths must be in 0...{limit}")
    return found
