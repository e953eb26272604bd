"""Convolutional cells and deformable convolutions where no recording tells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import regluon as mx
from regluon import nd
from regluon.gluon import contrib, nn

IMAGE = nd.array(np.random.RandomState(0).standard_normal((2, 4, 6, 5)))


def test_channels_last() -> None:
    """The same as channels first, which MXNet can compute on a CPU."""
    given: dict[str, Any] = {"i2h_kernel": 3, "h2h_kernel": (3, 1), "i2h_pad": 1}
    first = contrib.rnn.Conv2DGRUCell((4, 6, 5), 3, **given)
    last = contrib.rnn.Conv2DGRUCell((6, 5, 4), 3, conv_layout="NHWC", **given)
    assert last.state_info(2) == [{"shape": (2, 6, 5, 3), "__layout__": "NHWC"}]
    assert repr(last) == "Conv2DGRUCell(4 -> 9, tanh, NHWC)"
    first.initialize(mx.init.Normal(0.5))
    last.initialize()
    for mine, theirs in zip(last.collect_params().values(), first.collect_params().values(), strict=True):
        data = theirs.data()
        mine.set_data(data.transpose((0, 2, 3, 1)) if len(data.shape) == 4 else data)
    out, _ = first(IMAGE, [nd.ones((2, 3, 6, 5))])
    same, _ = last(IMAGE.transpose((0, 2, 3, 1)), [nd.ones((2, 6, 5, 3))])
    np.testing.assert_allclose(same.asnumpy(), out.transpose((0, 2, 3, 1)).asnumpy(), rtol=1e-4, atol=1e-5)


def test_settings_of_convolutional_cells() -> None:
    with pytest.raises(AssertionError, match="odd"):
        contrib.rnn.Conv1DRNNCell((3, 8), 2, 3, 2)
    with pytest.raises(AssertionError, match=r"2D convolution.*length 2"):
        contrib.rnn.Conv2DLSTMCell((3, 8, 8), 2, (3,), 3)
    assert "hidden_channels" in (contrib.rnn.Conv3DLSTMCell.__doc__ or "")
    unknown = contrib.rnn.Conv2DLSTMCell((3, 0, 0), 2, 3, 3)
    assert unknown.state_info()[0]["shape"] == (0, 2, 0, 0)


@pytest.mark.parametrize("groups", [1, 2])
def test_nothing_moved_is_a_plain_convolution(groups: int) -> None:
    """Offsets of 0 move nothing, and the mask is 1 then."""
    given: dict[str, Any] = {"strides": 2, "padding": (1, 0), "groups": groups}
    bent = contrib.cnn.ModulatedDeformableConvolution(6, (3, 2), num_deformable_group=2, **given)
    bent.initialize(mx.init.Normal(0.5))
    out = bent(IMAGE)
    plain = nd.Convolution(
        IMAGE,
        bent.deformable_conv_weight.data(),
        bent.deformable_conv_bias.data(),
        kernel=(3, 2),
        stride=(2, 2),
        pad=(1, 0),
        num_filter=6,
        num_group=groups,
    )
    np.testing.assert_allclose(out.asnumpy(), plain.asnumpy(), rtol=1e-4, atol=1e-5)
    bent.offset_bias.data()[2 * 2 * 6 :] = -1e9
    assert (bent(IMAGE).asnumpy() == 0).all()


def test_errors() -> None:
    with pytest.raises(AssertionError, match="NHWC"):
        contrib.cnn.DeformableConvolution(3, layout="NCW")
    with pytest.raises(ValueError, match="adj"):
        contrib.cnn.DeformableConvolution(3, adj=(1, 1))
    last = contrib.cnn.DeformableConvolution(3, layout="NHWC")
    last.initialize()
    with pytest.raises(ValueError, match="NHWC"):
        last(IMAGE)


def test_gradients_reach_the_offsets() -> None:
    net = nn.HybridSequential()
    net.add(contrib.cnn.ModulatedDeformableConvolution(3, 3, offset_weight_initializer=mx.init.Normal(0.1)))
    net.initialize(mx.init.Normal(0.5))
    with mx.autograd.record():
        total = (net(IMAGE) ** 2).sum()
    total.backward()
    assert all((p.grad().asnumpy() != 0).any() for p in net.collect_params().values())
