"""What the base of modules leaves to subclasses; errors, warnings and logged lines."""

import numpy as np

from module_cases.common import case, mlp, told_by


@case
def base_methods(mx):
    """What the base of modules leaves to subclasses."""
    base, found = mx.mod.BaseModule(), {}
    calls = {
        "bind": (None,),
        "init_params": (),
        "init_optimizer": (),
        "get_params": (),
        "forward": (None,),
        "backward": (),
        "get_outputs": (),
        "get_input_grads": (),
        "update": (),
        "update_metric": (None, None),
        "install_monitor": (None,),
        "get_states": (),
        "set_states": (),
        "prepare": (None,),
        "set_params": ({}, {}),
        "save_params": ("x",),
        "load_params": ("no such file",),
    }
    for name, arguments in calls.items():
        try:
            found[name] = getattr(base, name)(*arguments)
        except Exception as error:
            found[name] = type(error).__name__
    for name in ("data_names", "output_names", "data_shapes", "label_shapes", "output_shapes", "symbol"):
        try:
            found[name] = getattr(base, name)
        except NotImplementedError:
            found[name] = "NotImplementedError"
    python = mx.mod.PythonModule(["data"], None, ["out"])
    found["python"] = [python.data_names, python.label_shapes, list(python.get_params())]
    loss = mx.mod.PythonLossModule()
    try:
        loss.install_monitor(None)
    except NotImplementedError:
        found["monitor"] = "NotImplementedError"
    param = mx.model.BatchEndParam(epoch=1, nbatch=2, eval_metric=None, locals={"a": 1})
    return [found, list(param), type(param).__name__, repr(param)]


DATA, LABEL = [("data", (4, 64))], [("softmax_label", (4,))]


def bound_module(mx, **kwargs):
    mod = mx.mod.Module(mlp(mx))
    mod.bind(DATA, LABEL, **kwargs)
    return mod


def ready_module(mx, **kwargs):
    mod = bound_module(mx, **kwargs)
    mod.init_params()
    return mod


def unbound(mx):
    """What is refused before a module is bound, and by bind."""
    net = mlp(mx)
    return {
        "no such data": lambda: mx.mod.Module(net, data_names=["x"]),
        "no such label": lambda: mx.mod.Module(net, label_names=["y"]),
        "no such state": lambda: mx.mod.Module(net, state_names=["s"]),
        "no such fixed": lambda: mx.mod.Module(net, fixed_param_names=["f"]),
        "loads": lambda: mx.mod.Module(net, context=[mx.cpu(0), mx.cpu(1)], work_load_list=[1]),
        "forward first": lambda: mx.mod.Module(net).forward(None),
        "other data": lambda: mx.mod.Module(net).bind([("x", (4, 64))]),
        "other label": lambda: mx.mod.Module(net).bind(DATA, [("y", (4,))]),
        "no label": lambda: mx.mod.Module(net).bind(DATA),
        "batch sizes": lambda: mx.mod.Module(net).bind(DATA, [("softmax_label", (5,))]),
        "slices": lambda: mx.mod.Module(net, context=[mx.cpu(i) for i in range(6)]).bind(DATA, LABEL),
        "no data": lambda: mx.mod.Module(net).bind([]),
        "grad_req": lambda: bound_module(mx, grad_req=3),
        "grad_req list": lambda: bound_module(mx, grad_req=["write"]),
        "input grads": lambda: bound_module(mx, for_training=False, inputs_need_grad=True),
        "bound twice": lambda: bound_module(mx).bind(DATA, LABEL),
    }


def in_wrong_order(mx):
    """What is refused by a module that lacks something."""
    net = mlp(mx)
    return {
        "optimizer first": lambda: bound_module(mx).init_optimizer(),
        "params first": lambda: mx.mod.Module(net).init_params(),
        "missing": lambda: bound_module(mx).init_params(arg_params={}),
        "wrong shape": lambda: bound_module(mx).init_params(arg_params={"fc1_weight": mx.nd.ones((1, 2))}),
        "update": lambda: ready_module(mx).update(),
        "own optimizer": lambda: ready_module(mx).init_optimizer(optimizer=mx.optimizer.SGD()),
        "no optimizer": lambda: ready_module(mx).init_optimizer(optimizer=3),
        "no kvstore": lambda: ready_module(mx).init_optimizer(kvstore=3),
        "predict": lambda: ready_module(mx).predict([1]),
        "states": lambda: ready_module(mx).get_states(),
        "set states": lambda: ready_module(mx).set_states(),
        "grads of inputs": lambda: ready_module(mx).get_input_grads(),
        "epochs": lambda: ready_module(mx).fit(None),
        "backward": lambda: ready_module(mx, for_training=False).backward(),
        "borrow": lambda: ready_module(mx).borrow_optimizer(ready_module(mx)),
        "states to file": lambda: ready_module(mx).save_optimizer_states("x"),
        "shared": lambda: mx.mod.Module(net).bind(DATA, LABEL, shared_module=bound_module(mx)),
    }


def of_other_kinds(mx):
    """What is refused by the other kinds of modules, and by FeedForward."""
    net = mlp(mx)
    return {
        "base": lambda: mx.mod.BaseModule().forward(None),
        "base symbol": lambda: mx.mod.BaseModule().data_names,
        "no bucket": lambda: mx.mod.BucketingModule(lambda key: (net, ["data"], ["softmax_label"])),
        "meta": lambda: mx.mod.SequentialModule().add(mx.mod.Module(net), take_label=True),
        "empty": lambda: mx.mod.SequentialModule().bind(DATA),
        "loss grads": lambda: mx.mod.PythonLossModule().backward(1),
        "loss names": lambda: mx.mod.PythonLossModule(data_names=["a", "b"]),
        "no iterator": lambda: mx.model.FeedForward(net).fit([1]),
        "no y": lambda: mx.model.FeedForward(net).fit(np.ones((2, 2))),
        "lengths": lambda: mx.model.FeedForward(net).fit(np.ones((2, 2)), np.ones(3)),
        "y axes": lambda: mx.model.FeedForward(net).fit(np.ones((2, 2)), np.ones((2, 3))),
        "eval": lambda: mx.model.FeedForward(net).fit(np.ones((2, 2)), np.ones(2), eval_data=3),
        "save": lambda: mx.model.FeedForward(net).save("x"),
        "unpickled name": lambda: mx.model.BatchEndParam(1, 2, None, None),
    }


@case
def messages(mx):
    """The kinds of errors, and what warnings and logged lines say."""
    programs = {**unbound(mx), **in_wrong_order(mx), **of_other_kinds(mx)}
    return {name: told_by(program) for name, program in programs.items()}
