"""What is recorded, gradients of it, and the errors. The expected numbers are arithmetic."""

from __future__ import annotations

import random
import threading
import weakref

import numpy as np
import pytest
import torch

import regluon as mx
from regluon import autograd, nd
from regluon.base import MXNetError
from regluon.tape import recorders


def variable(values, req="write"):
    x = nd.array(values)
    x.attach_grad(req)
    return x


def same(array, values):
    np.testing.assert_allclose(array.asnumpy(), np.asarray(values, dtype=np.float32), rtol=1e-6)


def test_gradient_is_written_into_a_buffer_that_stays():
    x = variable([1, 2, 3])
    held = x.grad
    for factor in (2, 5):
        with autograd.record():
            y = x * x * factor
        y.backward()
        same(held, np.array([1, 2, 3]) * 2 * factor)
    assert x.grad is held


def test_requests():
    x, y, z = variable([1.0], "write"), variable([1.0], "add"), variable([1.0], "null")
    for _ in range(2):
        with autograd.record():
            out = x * 2 + y * 3 + z * 4
        out.backward()
    same(x.grad, [2])
    same(y.grad, [6])
    same(z.grad, [0])


def test_what_no_gradient_needs_is_not_kept():
    """Of sigmoid its output is kept, of a product its factors, of a sum nothing."""
    x, w = variable([1.0, 2.0]), variable([3.0, 4.0])
    with autograd.record():
        product = x * w
        total = product + product * 2
        out = nd.sigmoid(total)
    freed = [weakref.ref(a._data) for a in (product, total)]
    kept = [weakref.ref(a._data) for a in (x, w, out)]
    numbers = out.asnumpy()
    del product, total
    assert all(ref() is not None for ref in kept)
    assert freed[1]() is None  # the first is an input of the product with 2
    out.backward()
    same(x.grad, 3 * numbers * (1 - numbers) * np.array([3, 4]))
    del out
    assert freed[0]() is None
    assert kept[2]() is None


def test_unknown_request():
    with pytest.raises(ValueError, match="write, add, null"):
        nd.ones((2,)).attach_grad("foo")


def test_one_array_used_twice_gathers_both_gradients():
    x = variable([3.0])
    with autograd.record():
        y = x * x
        z = y * x + y
    z.backward()
    same(x.grad, [3 * 9 + 6])


def test_head_gradients():
    x = variable([1, 2])
    with autograd.record():
        y = x * 3
    y.backward(nd.array([10, 100]))
    same(x.grad, [30, 300])
    with autograd.record():
        a, b = x * 2, x * 3
    autograd.backward([a, b], [nd.array([1, 1]), None])
    same(x.grad, [5, 5])


def test_the_last_head_gradient_of_an_array_counts():
    # Expected values are MXNet's.
    x = variable([1, 1])

    def both():
        y = x * 3
        left, _ = nd.split(x * 2, num_outputs=2, axis=0)
        return y, left

    for choose, head_grads, expected in (
        (lambda y, left: [y, y], None, [3, 3]),
        (lambda y, left: [left, left, y], None, [5, 3]),
        (lambda y, left: [x, y, x], None, [4, 4]),
        (lambda y, left: [y, y], [nd.ones((2,)) * 2, nd.ones((2,)) * 5], [15, 15]),
        (lambda y, left: [y, y], [nd.ones((2,)) * 2, None], [3, 3]),
    ):
        with autograd.record():
            heads = choose(*both())
        autograd.backward(heads, head_grads)
        same(x.grad, expected)


def test_head_gradient_of_another_shape():
    x = variable([1, 2])
    with autograd.record():
        y = x * 3
    with pytest.raises(MXNetError, match=r"\(3,\).*\(2,\)"):
        y.backward(nd.ones((3,)))


def test_retained_graph_can_be_used_again_and_a_freed_one_not():
    x = variable([2.0])
    with autograd.record():
        y = x * x
    y.backward(retain_graph=True)
    y.backward()
    same(x.grad, [4])
    with pytest.raises(MXNetError, match="retain_graph=True"):
        y.backward()


def test_no_graph():
    with pytest.raises(MXNetError, match=r"autograd.record\(\)"):
        nd.ones((2,)).backward()
    x = variable([1.0])
    with pytest.raises(MXNetError, match="cannot differentiate"):
        (x * 2).backward()
    with pytest.raises(MXNetError, match="empty"):
        autograd.backward([])


def test_what_belonged_to_a_freed_graph_is_a_constant():
    """A recurrent state carried on after backward needs no detach."""
    x = variable([1, 1])
    with autograd.record():
        h = x * 2
        out = h * 1
    out.backward()
    with autograd.record():
        again = h * x
    again.backward()
    same(x.grad, [2, 2])


def test_a_graph_that_shares_a_freed_part():
    x = variable([1.0])
    with autograd.record():
        h = x * 2
        one, other = h * 1, h * 5
    one.backward()
    with pytest.raises(MXNetError, match="freed"):
        other.backward()


def test_writing_into_the_graph_while_recording():
    x = variable([1, 2])
    with autograd.record():
        y = x * 2
        for array in (x, y):
            with pytest.raises(MXNetError, match="while recording"):
                array += 1
            with pytest.raises(MXNetError, match="while recording"):
                array[:] = 1
        with autograd.pause():
            fresh = nd.zeros((2,))
            fresh += 1
    y.backward()
    same(x.grad, [2, 2])
    x += 1
    same(x, [2, 3])


def test_copying_a_recorded_value_into_a_fresh_array_is_recorded():
    x = variable([1, 1])
    u = nd.zeros((2,))
    with autograd.record():
        u[:] = x * 2
        out = u * 3
    out.backward()
    same(x.grad, [6, 6])


def test_flags():
    assert (autograd.is_recording(), autograd.is_training()) == (False, False)
    with autograd.record():
        assert (autograd.is_recording(), autograd.is_training()) == (True, True)
        with autograd.pause():
            assert (autograd.is_recording(), autograd.is_training()) == (False, False)
        with autograd.pause(train_mode=True):
            assert (autograd.is_recording(), autograd.is_training()) == (False, True)
        with autograd.predict_mode():
            assert (autograd.is_recording(), autograd.is_training()) == (True, False)
    with autograd.record(train_mode=False):
        assert not autograd.is_training()
    with autograd.train_mode():
        assert (autograd.is_recording(), autograd.is_training()) == (False, True)
    assert autograd.set_recording(True) is False
    assert autograd.set_recording(False) is True
    assert autograd.set_training(True) is False
    assert autograd.set_training(False) is True


def test_flags_are_reset_after_an_error_and_belong_to_a_thread():
    seen = []

    def fail():
        with autograd.record():
            other = threading.Thread(target=lambda: seen.append(autograd.is_recording()))
            other.start()
            other.join()
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert seen == [False]
    assert not autograd.is_recording()


def test_a_scope_can_be_entered_again():
    scope = autograd.record()
    with scope, scope:
        assert autograd.is_recording()
    assert not autograd.is_recording()


def test_detach_and_pause_stop_gradients():
    x = variable([2.0])
    with autograd.record():
        y = x * x
        z = y.detach() * x
        with autograd.pause():
            w = x * 100
        out = z + w
    out.backward()
    same(x.grad, [4])


def test_attach_grad_cuts_what_came_before():
    x = variable([2.0])
    with autograd.record():
        y = x * 3
        y.attach_grad()
        z = y * y
    z.backward()
    same(y.grad, [12])
    same(x.grad, [0])


def test_mark_variables():
    x, g = nd.array([1, 2]), nd.zeros((2,))
    autograd.mark_variables([x], [g], "add")
    with autograd.record():
        y = x * 2
    y.backward()
    same(g, [2, 2])
    assert x.grad is g
    with pytest.raises(ValueError, match="2 variables"):
        autograd.mark_variables([x, x], [g])


def test_grad_returns_and_writes_nothing():
    x, w = variable([2.0]), variable([5.0])
    with autograd.record():
        y = x * x * w
    found = autograd.grad(y, [x, w])
    same(found[0], [20])
    same(found[1], [4])
    same(x.grad, [0])
    with autograd.record():
        y = x * x
    same(autograd.grad(y, x)[0], [4])


def test_grad_of_what_is_no_variable():
    x = variable([1.0])
    with autograd.record():
        y = x * 2
    with pytest.raises(MXNetError, match="attach_grad"):
        autograd.grad(y, nd.ones((1,)))


def test_gradients_of_gradients():
    x = variable([2.0])
    with autograd.record():
        y = x * x * x * x
        first = autograd.grad(y, x, create_graph=True)[0]
        second = autograd.grad(first, x, create_graph=True)[0]
        third = autograd.grad(second, x, create_graph=True)[0]
        out = third * 1
    same(first, [32])
    same(second, [48])
    same(third, [48])
    out.backward()
    same(x.grad, [24])


def test_gradient_penalty_reaches_a_weight():
    """d/dw of (d/dx w·x²)² = 8 w x²"""
    x, w = variable([3.0]), variable([2.0])
    with autograd.record():
        slope = autograd.grad(w * x * x, x, create_graph=True)[0]
        penalty = slope * slope
    penalty.backward()
    same(w.grad, [2 * 12 * 6])


class Cube(autograd.Function):
    def forward(self, x):
        assert not autograd.is_recording()
        self.save_for_backward(x)
        return x * x * x

    def backward(self, dy):
        (x,) = self.saved_tensors
        return dy * 3 * x * x


class SumAndDifference(autograd.Function):
    def forward(self, a, b):
        return a + b, a - b

    def backward(self, ds, dd):
        return ds + dd, ds - dd


def test_function():
    x = variable([2.0])
    with autograd.record():
        y = Cube()(x) * 10
    y.backward()
    same(x.grad, [120])


def test_function_of_several():
    a, b = variable([5.0]), variable([3.0])
    with autograd.record():
        s, d = SumAndDifference()(a, b)
        out = s * 2 + d * 7
    out.backward()
    same(a.grad, [9])
    same(b.grad, [-5])
    with autograd.record():
        s, _ = SumAndDifference()(a, b)
    s.backward()
    same(a.grad, [1])


def test_function_differentiated_twice():
    x = variable([2.0])
    with autograd.record():
        y = Cube()(x)
        slope = autograd.grad(y, x, create_graph=True)[0]
    slope.backward()
    same(x.grad, [12])


def test_function_mistakes():
    class Wrong(autograd.Function):
        def forward(self, a):
            return a * 1

        def backward(self, d):
            return d, d

    x = variable([1.0])
    once = Cube()
    with autograd.record():
        once(x)
        with pytest.raises(MXNetError, match="called once"):
            once(x)
        y = Wrong()(x)
    with pytest.raises(MXNetError, match="2 gradients for the 1 inputs"):
        y.backward()


def test_fresh_flags():
    x = variable([1.0])
    assert not x._fresh_grad
    with autograd.record():
        y = x * 2
    y.backward()
    assert x._fresh_grad
    x._fresh_grad = False
    assert not x._fresh_grad


def test_operators_without_gradient_give_zeros():
    x = variable([1, 2])
    x.grad[:] = 7
    with autograd.record():
        y = x > 1.5
    y.backward()
    same(x.grad, [0, 0])


def test_gradient_over_contexts():
    x = variable([1, 1])
    with autograd.record():
        y = x.as_in_context(mx.cpu(1)) * 7
    y.backward()
    same(x.grad, [7, 7])
    assert x.grad.context == mx.cpu(0)


def test_torchs_own_gradient_mode_is_left_alone():
    x = variable([4.0])
    with torch.no_grad():
        with autograd.record():
            y = nd.sqrt(x) * nd.arctan(x)
        y.backward()
        assert not torch.is_grad_enabled()
    assert torch.is_grad_enabled()
    np.testing.assert_allclose(x.grad.asnumpy(), [np.arctan(4) / 4 + 2 / 17], rtol=1e-5)


def test_long_chains_need_no_recursion():
    x = variable([1.0])
    with autograd.record():
        y = x
        for _ in range(20000):
            y = y + 1
    y.backward()
    same(x.grad, [1])


def woven(draw, leaves, add, split, joined):
    """A graph of whole numbers out of drawn sums, products, differences and halves; its last values."""
    values = list(leaves)
    for _ in range(draw.randint(1, 25)):
        a, b = (draw.choice(values[-4:] if draw.random() < 0.7 else values) for _ in range(2))
        kind = draw.randrange(4)
        if kind == 3:
            values += split(a)
        else:
            values.append((add(a, b), a - b, a * 2 - b)[kind])
    return joined([draw.choice(values[-3:]) for _ in range(draw.randint(1, 3))])


@pytest.mark.parametrize("_", range(40))
def test_gradients_of_any_graph_are_torchs(_):
    seed = random.randrange(2**32)
    print("seed", seed)
    numbers = np.random.RandomState(seed).randint(-4, 5, (3, 2, 2)).astype(np.float32)
    ours = [variable(x) for x in numbers]
    theirs = [torch.tensor(x, requires_grad=True) for x in numbers]
    with autograd.record():
        y = woven(
            random.Random(seed),
            ours,
            nd.elemwise_add,
            lambda a: [nd.concat(*nd.split(a, 2, axis=1)[::-1], dim=1)],
            lambda heads: nd.add_n(*heads),
        )
    z = woven(random.Random(seed), theirs, torch.add, lambda a: [a.flip(1)], sum)
    y.backward()
    z.backward(torch.ones_like(z))
    for a, b in zip(ours, theirs, strict=True):
        same(a.grad, np.zeros((2, 2)) if b.grad is None else b.grad.numpy())


def test_a_thread_that_ends_while_recording_leaves_no_flag_behind():
    seen = []

    def record_and_end():
        autograd.set_recording(True)
        seen.append(threading.get_ident())

    thread = threading.Thread(target=record_and_end)
    thread.start()
    thread.join()
    assert seen[0] not in recorders
