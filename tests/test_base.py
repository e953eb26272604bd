"""The tables of element types."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from regluon.base import DTYPE_OF_FLAG, dtype_name, numpy_dtype, torch_dtype


@pytest.mark.parametrize("dtype", DTYPE_OF_FLAG.values())
def test_names_and_numpys_types_lead_back(dtype):
    assert torch_dtype(dtype_name(dtype)) is dtype
    assert torch_dtype(numpy_dtype(dtype)) is dtype
    assert torch_dtype(np.dtype(numpy_dtype(dtype))) is dtype
    assert torch_dtype(dtype) is dtype


def test_pythons_types_and_nothing():
    assert [torch_dtype(t) for t in (float, int, bool, None)] == [
        torch.float64,
        torch.int64,
        torch.bool,
        torch.float32,
    ]


@pytest.mark.parametrize("dtype", ["complex64", "float31", object, "S3", [1]])
def test_others_are_refused_with_the_known(dtype):
    with pytest.raises(TypeError, match="is not supported; there are float32, float64"):
        torch_dtype(dtype)
