"""Runs the samples of operator families on MXNet and keeps what it answers.

Run with the Python 3.8 of an environment that holds mxnet==1.9.1 and numpy<1.24, from the repository:

    python tests/oracle/record_ops.py binary unary      # families; all of them if none is named

reads tests/ops/samples/FAMILY.py and writes tests/data/ops_FAMILY.npz.
"""

import contextlib
import importlib
import json
import sys
from pathlib import Path

import numpy as np

import mxnet as mx
from mxnet import autograd

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

# Where MXNet keeps operators by the beginning of their names.
PLACES = {
    "_contrib_": mx.nd.contrib,
    "_linalg_": mx.nd.linalg,
    "_image_": mx.nd.image,
    "_sparse_": mx.nd.sparse,
    "_random_": mx.nd.random,
}


def dense(*arrays, act_type, **attributes):
    """The two operators that ``_regluon_dense`` is."""
    return mx.nd.Activation(mx.nd.FullyConnected(*arrays, **attributes), act_type=act_type)


def recurrent(*arrays, **attributes):
    """RNN, of whose parameters ``_regluon_rnn`` has the matrices and vectors one by one."""
    count = (3 if attributes["mode"] == "lstm" else 2) + attributes.get("use_sequence_length", False)
    given, weights = arrays[:count], arrays[count:]
    parts = [w for dims in (2, 1) for w in weights if len(w.shape) == dims]
    flat = mx.nd.concat(*[w.reshape(-1) for w in parts], dim=0)
    return mx.nd.RNN(given[0], flat, *given[1:], state_outputs=True, **attributes)


# Operators that are a step of a cell, and how many states it has.
CELLS = {
    "_regluon_rnn_cell": (mx.gluon.rnn.RNNCell, 1),
    "_regluon_lstm_cell": (mx.gluon.rnn.LSTMCell, 2),
    "_regluon_gru_cell": (mx.gluon.rnn.GRUCell, 1),
}


def step_of(cell):
    kind, count = cell

    def call(data, *arrays, act_type=None):
        states, weights = arrays[:count], arrays[count:]
        given = {"activation": act_type} if act_type else {}
        return kind(states[0].shape[1], **given).hybrid_forward(mx.nd, data, list(states), *weights)[1]

    return call


# Operators that MXNet does not have: the loss that each is, with its options.
LOSSES = {
    "_regluon_l2_loss": (mx.gluon.loss.L2Loss, {}),
    "_regluon_l1_loss": (mx.gluon.loss.L1Loss, {}),
    "_regluon_softmax_ce_loss": (mx.gluon.loss.SoftmaxCrossEntropyLoss, {}),
    "_regluon_softmax_ce_dense_loss": (mx.gluon.loss.SoftmaxCrossEntropyLoss, {"sparse_label": False}),
    "_regluon_sigmoid_bce_loss": (mx.gluon.loss.SigmoidBinaryCrossEntropyLoss, {}),
    "_regluon_bce_loss": (mx.gluon.loss.SigmoidBinaryCrossEntropyLoss, {"from_sigmoid": True}),
}


# Operators whose functions in mx.nd leave out the states that they update, or don't work.
BY_SYMBOL = ("BatchNorm_v1", "IdentityAttachKLSparseReg", "_contrib_quantized_elemwise_mul")


def by_symbol(name):
    place = mx.sym if hasattr(mx.sym, name) else mx.sym.contrib
    function = getattr(place, name.replace("_contrib_", ""))
    return lambda *arrays, **attributes: mx.nd.CachedOp(function(**attributes))(*arrays)


# Updates that need the weights as ``out``, and how many inputs follow those of the weights.
INTO_WEIGHTS = {
    "nag_mom": 0,
    "multi_sgd": 0,
    "multi_mp_sgd": 0,
    "preloaded_multi": 2,
    "_adamw": 1,
    "_mp_adamw": 1,
    "_multi_adamw": 1,
    "_multi_mp_adamw": 1,
    "_multi_lamb": 0,
    "_multi_mp_lamb": 0,
    "_scatter_set_nd": 2,
    "_copyto": 0,
}


def into_weights(function, rest):
    """``function`` on copies of the weights, which are ``out`` as well."""

    def call(*arrays, **attributes):
        count = attributes.get("num_weights", attributes.get("num_tensors", 1))
        stride = (len(arrays) - rest) // count
        inputs = list(arrays)
        for i in range(0, stride * count, stride):
            inputs[i] = arrays[i].copy()
        return function(*inputs, out=inputs[: stride * count : stride], **attributes)

    return call


def by_rows(function, sparse):
    """A function of sparse arrays alone, here with all their rows: ``sparse`` are the inputs that must be."""

    def call(*arrays, **attributes):
        inputs = [a.tostype("row_sparse") if i in sparse else a.copy() for i, a in enumerate(arrays)]
        function(*inputs, out=inputs[0], **attributes)
        arrays[2][:] = inputs[2].tostype("default")
        return inputs[0].tostype("default")

    return call


def function_of(name):
    for prefix, rest in INTO_WEIGHTS.items():
        if name.startswith(prefix):
            return into_weights(getattr(mx.nd._internal if name[0] == "_" else mx.nd, name), rest)
    if name == "_sparse_adagrad_update":
        return by_rows(mx.nd.sparse.adagrad_update, (0, 1, 2))
    if name == "_contrib_group_adagrad_update":
        return by_rows(mx.nd.contrib.group_adagrad_update, (1,))
    if name in BY_SYMBOL:
        return by_symbol(name)
    if name in LOSSES:
        loss, options = LOSSES[name]
        return lambda *arrays, **attributes: loss(**dict(options, **attributes))(*arrays)
    if name == "_regluon_dense":
        return dense
    if name == "_regluon_rnn":
        return recurrent
    if name in CELLS:
        return step_of(CELLS[name])
    for prefix, place in PLACES.items():
        if name.startswith(prefix) and hasattr(place, name[len(prefix) :]):
            return getattr(place, name[len(prefix) :])
    return getattr(mx.nd._internal if hasattr(mx.nd._internal, name) else mx.nd, name)


def as_list(result):
    return list(result) if isinstance(result, (list, tuple)) else [result]


def record(sample):
    """The outputs, the inputs that were updated, and the gradients of one call."""
    arrays = sample.arrays()
    inputs = [None if x is None else mx.nd.array(x, dtype=x.dtype) for x in arrays]
    function, wanted = function_of(sample.op), sample.differentiable(arrays)
    for i in wanted:
        inputs[i].attach_grad()
    if wanted:
        with autograd.record(train_mode=sample.train):
            outs = as_list(function(*inputs, **sample.attributes))
        heads = [
            mx.nd.array(sample.direction(o.shape, o.dtype, n), dtype=o.dtype) for n, o in enumerate(outs)
        ]
        autograd.backward(outs, heads, train_mode=sample.train)
    else:
        with autograd.train_mode() if sample.train else autograd.predict_mode():
            outs = as_list(function(*inputs, **sample.attributes))
    kept = {"out{}".format(n): o.asnumpy() for n, o in enumerate(outs)}
    kept.update({"grad{}".format(i): inputs[i].grad.asnumpy() for i in wanted})
    kept.update({"after{}".format(i): inputs[i].asnumpy() for i in sample.writes})
    return kept


def refuses(sample):
    try:
        for key, value in record(sample).items():
            print(key, value.shape)
    except (mx.MXNetError, ValueError, TypeError, AssertionError):
        settle()
        return True
    return False


def settle():
    """Has errors that wait in MXNet's engine come up here, not at a later sample."""
    for _ in range(3):
        with contextlib.suppress(mx.MXNetError):
            mx.nd.waitall()


def pack(path, kept):
    """One index and all numbers behind each other: an entry in the file for each array would be larger."""
    index = json.dumps([[k, v.dtype.str, v.shape] for k, v in kept.items()])
    data = b"".join([v.tobytes() for v in kept.values()])
    np.savez_compressed(str(path), index=np.array(index), data=np.frombuffer(data, np.uint8))


def record_family(family):
    samples = importlib.import_module("ops.samples." + family).SAMPLES
    kept, faults = {}, 0
    for sample in samples:
        try:
            if not sample.fails:
                kept.update({sample.key + "/" + k: v for k, v in record(sample).items()})
            elif not refuses(sample):
                raise ValueError("MXNet takes this call")
        except Exception as error:
            faults += 1
            print("{}: {}".format(sample, str(error).strip().splitlines()[-1:] or repr(error)))
    path = TESTS / "data" / "ops_{}.npz".format(family)
    if not faults:
        pack(path, kept)
        print("{}: {} samples, {:,} bytes".format(path.name, len(samples), path.stat().st_size))
    return faults


def main(families):
    every = sorted(p.stem for p in (TESTS / "ops" / "samples").glob("*.py") if p.stem != "spec")
    sys.exit(1 if sum([record_family(f) for f in families or every]) else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
