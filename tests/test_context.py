"""Contexts: one object per device, the current one, and the device that is not there."""

from __future__ import annotations

import pickle
import threading

import pytest
import torch

import regluon as mx
from regluon.base import MXNetError
from regluon.context import as_context

needs_no_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")


def test_one_object_per_device():
    assert mx.cpu() is mx.cpu(0) is mx.Context("cpu", 0) is mx.Context(mx.cpu())
    assert mx.cpu(1) is not mx.cpu(0)
    assert pickle.loads(pickle.dumps(mx.gpu(3))) is mx.gpu(3)
    assert repr(mx.gpu(2)) == "gpu(2)"
    assert (mx.cpu().device_typeid, mx.gpu().device_typeid, mx.cpu_pinned().device_typeid) == (1, 2, 3)


def test_the_current_one():
    assert mx.current_context() is mx.cpu(0)
    with mx.cpu(1):
        assert mx.nd.zeros((1,)).context is mx.cpu(1)
        with mx.cpu(2):
            assert mx.current_context() is mx.cpu(2)
        assert mx.current_context() is mx.cpu(1)
    assert mx.current_context() is mx.cpu(0)


def test_it_belongs_to_a_thread():
    seen = []
    with mx.cpu(1):
        other = threading.Thread(target=lambda: seen.append(mx.current_context()))
        other.start()
        other.join()
    assert seen == [mx.cpu(0)]


@needs_no_gpu
def test_a_gpu_is_a_name_until_it_is_used():
    with pytest.raises(MXNetError, match=r"gpu\(0\) is not there"):
        mx.nd.ones((2,), ctx=mx.gpu())
    assert mx.num_gpus() == 0


def test_unknown_devices():
    with pytest.raises(MXNetError, match="unknown device type 'tpu'; there are cpu, gpu"):
        mx.Context("tpu", 0)
    with pytest.raises(MXNetError, match="0 or more"):
        mx.cpu(-1)


@pytest.mark.parametrize(
    ("text", "context"), [("cpu", "cpu(0)"), ("gpu(1)", "gpu(1)"), ("cpu_pinned(2)", "cpu_pinned(2)")]
)
def test_from_text(text, context):
    assert repr(as_context(text)) == context


def test_from_something_else():
    with pytest.raises(TypeError, match="a context is needed"):
        as_context("cpu(x)")
