from __future__ import annotations

import numpy as np
import pytest

import regluon as mx
from regluon.base import MXNetError


def updater(**arguments: object) -> mx.optimizer.Updater:
    return mx.optimizer.get_updater(mx.optimizer.SGD(learning_rate=1, momentum=0.5, **arguments))


def test_one_weight_or_lists() -> None:
    u = updater()
    w, g = mx.nd.array([1.0, 2.0]), mx.nd.array([0.5, 0.25])
    u(0, g, w)
    u([b"name", 0], [g, g], [w, w])
    assert set(u.states) == {0, "name"}
    np.testing.assert_array_equal(w.asnumpy(), [-0.75, 1.125])
    u([], [], [])


def test_goes_on_from_saved_states() -> None:
    g = mx.nd.array([0.5, 0.25])
    through, before, after = mx.nd.ones(2), mx.nd.ones(2), mx.nd.ones(2)
    u, first, second = updater(), updater(), updater()
    for _ in range(4):
        u(0, g, through)
    for _ in range(2):
        first(0, g, before)
    second.set_states(first.get_states())
    after[:] = before
    for _ in range(2):
        second(0, g, after)
    np.testing.assert_array_equal(after.asnumpy(), through.asnumpy())
    assert second.optimizer.num_update == 2


def test_states_with_their_optimizer() -> None:
    u = updater(wd=0.25)
    u("w", mx.nd.ones(1), mx.nd.ones(1))
    other = mx.optimizer.get_updater(mx.optimizer.Adam())
    other.set_states(u.get_states(dump_optimizer=True))
    assert isinstance(other.optimizer, mx.optimizer.SGD)
    assert (other.optimizer.wd, other.optimizer.num_update, other.aggregate_updates) == (0.25, 1, True)


def test_states_move_to_their_weight() -> None:
    u = updater()
    u(0, mx.nd.ones(1), mx.nd.ones(1))
    u.set_states(u.get_states())
    u(0, mx.nd.ones(1, ctx=mx.cpu(1)), mx.nd.ones(1, ctx=mx.cpu(1)))
    assert u.states[0].context == mx.cpu(1)


@pytest.mark.parametrize("weight", [mx.nd.ones(3), mx.nd.ones((2, 1)), mx.nd.ones(2, dtype="float64")])
def test_states_of_other_weights(weight: mx.nd.NDArray) -> None:
    u = updater()
    u(0, mx.nd.ones(2), mx.nd.ones(2))
    u.set_states(u.get_states())
    with pytest.raises(MXNetError, match="the loaded state of weight 0 does not fit it"):
        u(0, weight, weight)


def test_damaged_states_leave_it_as_it_was() -> None:
    u = updater()
    u(0, mx.nd.ones(2), mx.nd.ones(2))
    kept = u.states
    with pytest.raises(MXNetError, match="cannot load optimizer states"):
        u.set_states(b"nonsense")
    assert u.states is kept


def test_prepared_updates_see_new_gradients_and_rates() -> None:
    u = mx.optimizer.get_updater(mx.optimizer.SGD(learning_rate=1))
    w, g = mx.nd.array([4.0]), mx.nd.array([1.0])
    update = u.prepare([0], [g], [w])
    update()
    g[:] = 2
    u.optimizer.set_learning_rate(0.5)
    u.optimizer.rescale_grad = 0.5
    update()
    assert w.asscalar() == 2.5
