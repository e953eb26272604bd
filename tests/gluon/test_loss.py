"""gluon.loss against MXNet's recorded answers to the samples of ops/loss.py, and what it refuses."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np
import pytest

from ops.running import close, recorded
from ops.samples.loss import SAMPLES
from ops.samples.spec import S
from regluon import autograd, nd
from regluon.base import MXNetError
from regluon.gluon import loss as losses
from regluon.ops.registry import OPERATORS
from regluon.symbol import shortcuts

CLASSES: dict[str, tuple[type[losses.Loss], dict[str, Any]]] = {
    "_regluon_l2_loss": (losses.L2Loss, {}),
    "_regluon_l1_loss": (losses.L1Loss, {}),
    "_regluon_softmax_ce_loss": (losses.SoftmaxCrossEntropyLoss, {}),
    "_regluon_softmax_ce_dense_loss": (losses.SoftmaxCrossEntropyLoss, {"sparse_label": False}),
    "_regluon_sigmoid_bce_loss": (losses.SigmoidBinaryCrossEntropyLoss, {}),
    "_regluon_bce_loss": (losses.SigmoidBinaryCrossEntropyLoss, {"from_sigmoid": True}),
}
TAKEN = [s for s in SAMPLES if not s.fails]


def loss_of(sample: S) -> losses.Loss:
    made, options = CLASSES[sample.op]
    return made(**options, **sample.attributes)


def arrays_of(sample: S) -> list[Any]:
    return [None if x is None else nd.array(x, dtype=x.dtype) for x in sample.arrays()]


def array(*values: Any, dtype: str = "float32") -> Any:
    return nd.array(np.array(values), dtype=dtype)


@pytest.mark.parametrize("sample", TAKEN, ids=repr)
def test_losses_and_gradients_are_mxnets(sample: S) -> None:
    arrays, wanted = arrays_of(sample), sample.differentiable(sample.arrays())
    for i in wanted:
        arrays[i].attach_grad()
    with autograd.record():
        found = loss_of(sample)(*arrays)
    close(found._data, recorded(sample, "out0"), sample)
    if wanted:
        found.backward(array(*sample.direction(found.shape, found.dtype), dtype=found.dtype))
    for i in wanted:
        close(arrays[i].grad._data, recorded(sample, f"grad{i}"), sample)


@pytest.mark.parametrize("sample", TAKEN, ids=repr)
def test_composition_is_the_same(sample: S) -> None:
    op = OPERATORS[sample.op]
    attributes = op.read_all(sample.attributes)
    composed = op.composed(nd, *arrays_of(sample), **attributes)  # type: ignore[misc]
    close(composed._data, recorded(sample, "out0"), sample)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.fails], ids=repr)
def test_what_mxnet_refuses_is_an_mxnet_error(sample: S) -> None:
    with pytest.raises(MXNetError, match=sample.op):
        loss_of(sample)(*arrays_of(sample))


@pytest.mark.parametrize(
    ("made", "signature", "shown"),
    [
        (losses.L2Loss, "weight=1.0, batch_axis=0", "L2Loss(batch_axis=0, w=1.0)"),
        (losses.L1Loss, "weight=None, batch_axis=0", "L1Loss(batch_axis=0, w=None)"),
        (
            losses.SoftmaxCrossEntropyLoss,
            "axis=-1, sparse_label=True, from_logits=False, weight=None, batch_axis=0",
            "SoftmaxCrossEntropyLoss(batch_axis=0, w=None)",
        ),
        (
            losses.SigmoidBinaryCrossEntropyLoss,
            "from_sigmoid=False, weight=None, batch_axis=0",
            "SigmoidBinaryCrossEntropyLoss(batch_axis=0, w=None)",
        ),
    ],
)
def test_signature_and_printed_form_are_mxnets(made: type[losses.Loss], signature: str, shown: str) -> None:
    parameters = list(inspect.signature(made).parameters.values())
    assert parameters.pop().kind is inspect.Parameter.VAR_KEYWORD
    assert ", ".join(f"{p.name}={p.default}" for p in parameters) == signature
    assert repr(made()) == shown
    assert made().name.startswith(made.__name__.lower())
    assert made(prefix="mine_").prefix == "mine_"


def test_short_names() -> None:
    assert losses.SoftmaxCELoss is losses.SoftmaxCrossEntropyLoss
    assert losses.SigmoidBCELoss is losses.SigmoidBinaryCrossEntropyLoss


def test_a_loss_of_ones_own_uses_mxnets_helpers() -> None:
    class Weighted(losses.Loss):
        def hybrid_forward(self, F: Any, pred: Any, label: Any, sample_weight: Any = None) -> Any:
            distance = F.abs(losses._reshape_like(F, label, pred) - pred)
            distance = losses._apply_weighting(F, distance, self._weight, sample_weight)
            return F.mean(distance, axis=self._batch_axis, exclude=True)

    pred, label, weight = array([1, 2], [3, 5]), array(0, 0, 1, 1), array([1], [10])
    assert Weighted(0.5, 0)(pred, label, weight).asnumpy().tolist() == [0.75, 15.0]
    assert Weighted(None, 0)(pred, label).asnumpy().tolist() == [1.5, 3.0]
    with pytest.raises(AssertionError, match="weight must be a number, not 'x'"):
        Weighted("x", 0)(pred, label)  # type: ignore[arg-type]


def test_weight_that_is_no_number() -> None:
    with pytest.raises(MXNetError, match="weight='x' can't be read"):
        losses.L1Loss(weight="x")(array(1), array(2))  # type: ignore[arg-type]


def test_labels_of_another_size_or_type() -> None:
    with pytest.raises(MXNetError, match=r"label's shape \(2,\) and the prediction's \(1, 3\)"):
        losses.L2Loss()(array([1, 2, 3]), array(1, 2))
    with pytest.raises(MXNetError, match=r"different types.*float32.*int32"):
        losses.L2Loss()(array([1, 2, 3]), array([1, 2, 3], dtype="int32"))
    with pytest.raises(TypeError, match="must be an NDArray"):
        losses.L2Loss()(array([1, 2, 3]), [[1, 2, 3]])


def test_an_overflow_is_infinite_and_no_nan() -> None:
    far = losses.SoftmaxCrossEntropyLoss()(array([1000, -1000], [-1000, 1000]), array(1, 1))
    assert far.asnumpy().tolist() == [2000.0, 0.0]
    assert losses.L2Loss()(array([math.inf]), array([0])).asscalar() == math.inf
    close_to = losses.SigmoidBCELoss()(array([1000.0], [-1000.0]), array([0], [0]))
    assert close_to.asnumpy().tolist() == [1000.0, 0.0]


def test_arguments_that_cannot_be() -> None:
    with pytest.raises(AssertionError, match=r"'NTC' and 'TNC' layouts for pred are supported\. Got: CNT"):
        losses.CTCLoss(layout="CNT")
    with pytest.raises(AssertionError, match=r"'NT' and 'TN' layouts for label are supported\. Got: T"):
        losses.CTCLoss(label_layout="T")
    with pytest.raises(ValueError, match="label_format can only be signed or binary, not 'x'"):
        losses.LogisticLoss(label_format="x")
    with pytest.raises(AssertionError, match=r"one shape, not \(2, 1\) and \(3, 1\)"):
        losses.SDMLLoss()(array([1], [2]), array([1], [2], [3]))
    with pytest.raises(AssertionError, match="weight must be a number, not 'x'"):
        losses.HingeLoss(weight="x")(array([1]), array([1]))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "made", [losses.HuberLoss, losses.HingeLoss, losses.LogisticLoss, losses.PoissonNLLLoss]
)
def test_losses_keep_the_predictions_type(made: type[losses.Loss]) -> None:
    for dtype in "float16", "float64":
        assert made()(array([1, 2], dtype=dtype), array([1, 0], dtype=dtype)).dtype == np.dtype(dtype)


def test_a_count_of_zero_has_a_poisson_loss() -> None:
    pred = array([1, 1])
    pred.attach_grad()
    with autograd.record():
        loss = losses.PoissonNLLLoss(compute_full=True)(pred, array([0, 3]))
    loss.backward()
    stirling = 3 * math.log(3) - 3 + 0.5 * math.log(6 * math.pi)
    assert loss.asscalar() == pytest.approx((math.e + math.e - 3 + stirling) / 2)
    np.testing.assert_allclose(pred.grad.asnumpy(), [[math.e / 2, (math.e - 3) / 2]], rtol=1e-6)


def test_vectors_without_a_direction_have_cosine_zero() -> None:
    zero, one = array([0, 0], [0, 0]), array([1, 1], [1, 1])
    assert losses.CosineEmbeddingLoss()(zero, one, array(1, -1)).asnumpy().tolist() == [[1], [0]]


@pytest.mark.parametrize("hybrid", [False, True])
@pytest.mark.parametrize(
    ("shape", "axis"), [((3, 700), -1), ((3, 700), 1), ((2, 4, 513), 2), ((2, 600, 3), 1), ((40, 10), -1)]
)
@pytest.mark.parametrize("threads", ["one", "all"])
def test_gradients_of_many_classes(
    shape: tuple[int, ...], axis: int, hybrid: bool, threads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever kernels are taken for so many, it is (softmax - 1 at the class) times the head."""
    monkeypatch.setattr(shortcuts, "_alone", lambda: threads == "one")
    loss = losses.SoftmaxCrossEntropyLoss(axis=axis)
    loss.hybridize(hybrid)
    pred = nd.random.normal(shape=shape)
    label = nd.random.randint(0, shape[axis], shape=tuple(np.delete(shape, axis))).astype("float32")
    head = nd.random.normal(shape=(shape[0],))
    pred.attach_grad()
    for _ in range(3):
        with autograd.record():
            out = loss(pred, label)
        out.backward(head)
    shares = head.asnumpy().reshape(-1, *[1] * (len(shape) - 1)) / (np.prod(shape) / shape[0] / shape[axis])
    x = np.exp(pred.asnumpy().astype(np.float64))
    hot = np.moveaxis(np.eye(shape[axis])[label.asnumpy().astype(int)], -1, axis)
    np.testing.assert_allclose(
        pred.grad.asnumpy(), (x / x.sum(axis, keepdims=True) - hot) * shares, rtol=1e-4, atol=1e-7
    )


def test_squares_of_whole_numbers_are_refused() -> None:
    with pytest.raises(MXNetError, match=r"uint8.*floating-point"):
        losses.L2Loss()(array(1, 2, dtype="uint8"), array(2, 1, dtype="uint8"))
