"""Symbols of operators written in Python, that are recorded. Stays within Python 3.8."""

from operator_cases import kinds_of


def symbols(mx):
    """By name: a symbol of the operator ``sum_of_all`` of operator_cases.py."""
    kinds_of(mx)
    var, custom = mx.sym.var, mx.sym.Custom
    with mx.name.NameManager():
        x, y = var("x"), var("y")
        return {
            "plain": custom(x, op_type="sum_of_all"),
            "by name": custom(in0=x, op_type="sum_of_all", name="c", foo=(1, 2)),
            "several": custom(x, y, op_type="sum_of_all", name="c", inputs=2, outputs=2, states=1),
            "second alone": custom(in1=x, op_type="sum_of_all", name="c", inputs=2, states=1),
            "state": custom(x, y, op_type="sum_of_all", name="c", states=1),
            "state by name": custom(in0=x, state0=y, op_type="sum_of_all", name="c", states=1),
            "inside": mx.sym.exp(custom(mx.sym.sqrt(x), op_type="sum_of_all")[0] * 2),
        }


def summing(mx):
    class Summing(mx.gluon.HybridBlock):
        def hybrid_forward(self, F, x):
            return F.Custom(x, op_type="sum_of_all", name="own") * 3

    return Summing(prefix="summing_")


def run(mx, symbol):
    """What an executor gives in two steps of training."""
    executor = symbol.simple_bind(mx.cpu(), **dict.fromkeys(symbol.list_arguments(), (2,)))
    for i, array in enumerate(executor.arg_arrays):
        array[:] = i + 1
    for _ in range(2):
        executor.forward(is_train=True)
        executor.backward([mx.nd.ones(o.shape) * (i + 1) for i, o in enumerate(executor.outputs)])
    parts = executor.outputs, executor.grad_arrays, executor.aux_arrays
    return [[a.asnumpy().tolist() for a in part] for part in parts]
