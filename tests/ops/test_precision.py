"""Mixed precision where MXNet's samples can't tell: its oneDNN has no float16 and float64 in these operators.

The types here are those that MXNet 1.9.1 gives with MXNET_MKLDNN_ENABLED=0.
"""

from __future__ import annotations

import numpy as np
import pytest

from regluon import autograd, nd

H, F, D, I = "float16", "float32", "float64", "int32"  # noqa: E741


@pytest.mark.parametrize(
    ("given", "widest", "narrowest"),
    [
        ((H, D), (H, D), (H, D)),
        ((D, H), (D, D), (D, H)),
        ((D, F), (D, F), (D, F)),
        ((I, F), (I, F), (I, F)),
        ((I, H), (I, I), (I, H)),
        ((I, H, F), (I, F, F), (I, H, H)),
        ((H, I), (H, I), (H, I)),
        ((H, F, D), (F, F, D), (H, H, D)),
        ((D, H, F), (D, F, F), (D, H, H)),
        ((F, H), (F, F), (H, H)),
    ],
)
def test_casts_to_the_widest_or_narrowest_type(
    given: tuple[str, ...], widest: tuple[str, ...], narrowest: tuple[str, ...]
) -> None:
    arrays = [nd.array([1.5, 2], dtype=t) for t in given]
    for narrow, expected in ((False, widest), (True, narrowest)):
        outs = nd.amp_multicast(*arrays, num_outputs=len(arrays), cast_narrow=narrow)
        assert [x.dtype.__name__ for x in outs] == list(expected)
        for x, out in zip(arrays, outs, strict=True):
            np.testing.assert_array_equal(out.asnumpy(), x.asnumpy().astype(out.dtype))


@pytest.mark.parametrize("dtype", [D, "int64", "uint8"])
def test_other_types_are_not_cast(dtype: str) -> None:
    assert nd.amp_cast(nd.array([1, 2], dtype=dtype), dtype=H).dtype == np.dtype(dtype)


def test_whole_numbers_are_cut_off() -> None:
    assert nd.amp_cast(nd.array([1.6, -2.5]), dtype=I).asnumpy().tolist() == [1, -2]


def test_gradients_come_in_each_type() -> None:
    arrays = [nd.array([1.5, 2], dtype=t) for t in (F, H)]
    for x in arrays:
        x.attach_grad()
    with autograd.record():
        outs = nd.amp_multicast(*arrays, num_outputs=2)
    autograd.backward(outs, [nd.array([0.1, 3]), nd.array([0.1, 3])])
    assert arrays[0].grad.asnumpy().tolist() == np.float32([0.1, 3]).tolist()
    assert arrays[1].grad.dtype == np.float16
    assert arrays[1].grad.asnumpy().tolist() == np.float16([0.1, 3]).tolist()


@pytest.mark.parametrize("before", [0.0, 0.5, 1.0])
def test_a_zero_in_out_can_stay(before: float) -> None:
    for value, expected in ((1.0, before), (np.inf, 0.0)):
        for one in (True, False):
            out = nd.array([before])
            if one:
                assert nd.all_finite(nd.array([value]), False, out=out) is out
            else:
                nd.multi_all_finite(nd.array([value]), nd.ones(2), num_arrays=2, init_output=False, out=out)
            assert out.asnumpy().tolist() == [expected]


def test_out_is_overwritten_by_default() -> None:
    out = nd.zeros(1)
    nd.all_finite(nd.ones(2), out=out)
    assert out.asscalar() == 1
    assert nd.all_finite(nd.array([np.nan]), init_output=False).asscalar() == 0
