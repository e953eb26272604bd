"""FeedForward: what the recorded programs do not show."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mxnet as mx
from module_cases import digits, mlp, seeded
from rnn_cases import corpus, language_model

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*FeedForward has been deprecated:DeprecationWarning"),
    # Its initializers are called with plain names, as in MXNet.
    pytest.mark.filterwarnings("ignore:an initializer is called with a plain str:DeprecationWarning"),
]


def model(**kwargs: Any) -> Any:
    found = mx.model.FeedForward(
        mlp(mx), num_epoch=2, learning_rate=0.2, momentum=0.9, initializer=mx.init.One(), **kwargs
    )
    found.fit(digits(mx))
    return found


def test_a_net_for_each_bucket(capsys: pytest.CaptureFixture[str]) -> None:
    """MXNet 1.9.1 fails where a bucket is smaller than the first one."""
    sym_gen = language_model(mx, lambda r: r.RNNCell(8))

    def net(key: int) -> Any:
        with mx.name.NameManager():
            return sym_gen(key)[0]

    train = mx.rnn.BucketSentenceIter(corpus(), 8, [4, 6, 9], invalid_label=0)
    values: list[float] = []
    found = mx.model.FeedForward(
        net, ctx=[mx.cpu(0), mx.cpu(1)], num_epoch=4, learning_rate=0.5, initializer=mx.init.Xavier()
    )
    seeded(mx)
    found.fit(
        train,
        eval_data=train,
        eval_metric=mx.metric.Perplexity(0),
        eval_end_callback=lambda p: values.append(p.eval_metric.get()[1]),
    )
    assert values[-1] < 1.2
    assert sorted(found.arg_params)[0] == "embed_weight"
    assert "discarded 0 sentences" in capsys.readouterr().out
    with pytest.raises(NotImplementedError, match="not implemented for bucketing"):
        found.fit(train, eval_metric=mx.metric.Perplexity(0), monitor=mx.mon.Monitor(1))


def test_it_can_be_pickled() -> None:
    found = model()
    data = digits(mx)
    expected = found.predict(data)
    other = pickle.loads(pickle.dumps(found))
    assert other._pred_exec is None
    np.testing.assert_array_equal(other.predict(data), expected)


def test_it_predicts_by_what_it_has_learned_last() -> None:
    found, data = model(), digits(mx)
    first = found.predict(data)
    found.fit(data)
    assert np.abs(found.predict(data) - first).max() > 0


def test_other_parameters_than_it_has() -> None:
    given = {"fc1_weight": mx.nd.ones((16, 64)), "other": mx.nd.ones(1)}
    found = mx.model.FeedForward(
        mlp(mx), arg_params=given, aux_params={"x": mx.nd.ones(1)}, allow_extra_params=True
    )
    assert (list(found.arg_params), found.aux_params) == (["fc1_weight"], {})


def test_names_that_occur_twice() -> None:
    data = mx.sym.var("data")
    net = mx.sym.dot(mx.sym.var("w"), mx.sym.var("w")) + data
    with pytest.raises(ValueError, match='duplicated argument name "w"'):
        mx.model.FeedForward(net)


def test_what_it_refuses(tmp_path: Path) -> None:
    data = digits(mx)
    with pytest.raises(AssertionError, match="no parameters yet"):
        mx.model.FeedForward(mlp(mx)).predict(data)
    with pytest.raises(TypeError, match="optimizer must be an Optimizer"):
        model(optimizer=3)
    found = mx.model.FeedForward(mlp(mx), ctx=[mx.cpu(0), mx.cpu(1)], num_epoch=1, initializer=mx.init.One())
    with pytest.raises(AssertionError, match=r"work load: \[1\] for 2 contexts"):
        found.fit(data, work_load_list=[1])
    with pytest.raises(ValueError, match="Eval data is NONE"):
        mx.model.FeedForward(mlp(mx)).fit(data, eval_data=(None, None))
    with pytest.raises(TypeError, match="y must be ndarray"):
        mx.model.FeedForward(mlp(mx)).fit(np.ones((2, 2)), [1, 2])


def test_an_epoch_longer_than_the_data_needs_data() -> None:
    class Nothing(mx.io.DataIter):
        provide_data = (mx.io.DataDesc("data", (4, 64)),)
        provide_label = (mx.io.DataDesc("softmax_label", (4,)),)

        def next(self) -> Any:
            raise StopIteration

    found = mx.model.FeedForward(mlp(mx), num_epoch=1, epoch_size=3, initializer=mx.init.One())
    data = Nothing(4)
    with pytest.raises(ValueError, match="the training data has no batch"):
        found.fit(data)


def test_a_batch_that_does_not_fit_its_parts() -> None:
    group = mx.executor_manager.DataParallelExecutorManager(
        mlp(mx),
        [mx.cpu(0), mx.cpu(1)],
        digits(mx),
        mlp(mx).list_arguments(),
        ["fc1_weight", "fc1_bias", "fc2_weight", "fc2_bias"],
        [],
    )
    with pytest.raises(AssertionError, match=r"Batch size miss match. Expected 20, got 4"):
        group.load_data_batch(mx.io.DataBatch([mx.nd.ones((4, 64))], [mx.nd.ones(4)]))
    assert group.aux_arrays == []
