"""Modules that are saved and go on, for tests/oracle/record_module_files.py and tests/module/test_files.py.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import contextlib
import io
import warnings

from module_cases import Lines, digits, logger_of, mlp, normed, params_of, seeded, summary
from rnn_cases import corpus, language_model

# Nets, contexts, optimizers and their arguments.
MODULES = {
    "momentum": (normed, 1, "sgd", {"learning_rate": 0.1, "momentum": 0.9, "wd": 0.01}),
    "adam": (mlp, 1, "adam", {"learning_rate": 0.01}),
    "store": (mlp, 2, "sgd", {"learning_rate": 0.1, "momentum": 0.9}),
}
KINDS = [*MODULES, "buckets", "cells", "feed forward", "by hand"]


def fit(mx, mod, begin, end, name, **kwargs):
    _, _, optimizer, params = MODULES[name]
    data = digits(mx)
    mod.fit(
        data,
        optimizer=optimizer,
        optimizer_params=params,
        initializer=mx.init.Xavier(),
        begin_epoch=begin,
        num_epoch=end,
        **kwargs,
    )


def sentences(mx):
    with contextlib.redirect_stdout(io.StringIO()):
        return mx.rnn.BucketSentenceIter(corpus(), 8, [4, 6, 9], invalid_label=0)


def cell(rnn):
    return rnn.LSTMCell(8)


def feed(mx):
    return {"learning_rate": 0.1, "momentum": 0.9, "initializer": mx.init.Xavier()}


def save(mx, kind, folder):
    """Trains for two epochs and writes the files."""
    seeded(mx)
    prefix = folder + "/" + kind.replace(" ", "_")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind in MODULES:
            net, contexts, _, _ = MODULES[kind]
            mod = mx.mod.Module(net(mx), context=[mx.cpu(i) for i in range(contexts)])
            fit(mx, mod, 0, 2, kind)
            mod.save_checkpoint(prefix, 2, save_optimizer_states=True)
        elif kind == "buckets":
            data = sentences(mx)
            mod = mx.mod.BucketingModule(language_model(mx, cell), data.default_bucket_key)
            mod.fit(data, eval_metric="ce", initializer=mx.init.Xavier(), num_epoch=1)
            mod.save_checkpoint(prefix, 1)
        elif kind == "cells":
            data = sentences(mx)
            lstm = cell(mx.rnn)
            sym_gen = language_model(mx, lambda rnn: lstm)
            mod = mx.mod.BucketingModule(sym_gen, data.default_bucket_key)
            callback = mx.rnn.do_rnn_checkpoint(lstm, prefix)
            mod.fit(
                data, eval_metric="ce", initializer=mx.init.Xavier(), num_epoch=1, epoch_end_callback=callback
            )
        elif kind == "by hand":
            mod = mx.mod.Module(mlp(mx))
            fit(mx, mod, 0, 1, "adam")
            mod.save_optimizer_states(prefix + ".states")
            arguments, states = mod.get_params()
            mx.model.save_checkpoint(prefix, 7, mod.symbol, arguments, states)
            mx.rnn.save_rnn_checkpoint([], prefix + "_rnn", 8, None, arguments, states)
        else:
            model = mx.model.FeedForward(mlp(mx), num_epoch=2, **feed(mx))
            model.fit(digits(mx))
            model.save(prefix)


def resume(mx, kind, folder):
    """Opens the files and goes on for an epoch: log lines and parameters."""
    seeded(mx, 9)
    prefix, lines = folder + "/" + kind.replace(" ", "_"), Lines()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind in MODULES:
            contexts = [mx.cpu(i) for i in range(MODULES[kind][1])]
            mod = mx.mod.Module.load(
                prefix, 2, load_optimizer_states=True, context=contexts, logger=logger_of(lines)
            )
            fit(mx, mod, 2, 3, kind)
            return [lines.lines, params_of(mx, mod)]
        if kind == "feed forward":
            model = mx.model.FeedForward.load(prefix, 2, num_epoch=3, **feed(mx))
            model.fit(digits(mx), logger=logger_of(lines))
            return [lines.lines, summary(model.arg_params)]
        if kind == "by hand":
            mod = mx.mod.Module(mx.sym.load(prefix + "-symbol.json"), logger=logger_of(lines))
            data = digits(mx)
            mod.bind(data.provide_data, data.provide_label)
            arguments, states = mx.model.load_params(prefix, 7)
            mod.load_params(prefix + "_rnn-0008.params")
            mod.init_optimizer(optimizer="adam", optimizer_params={"learning_rate": 0.01})
            mod.load_optimizer_states(prefix + ".states")
            fit(mx, mod, 1, 2, "adam")
            return [lines.lines, params_of(mx, mod), summary(arguments), len(states)]
        data = sentences(mx)
        if kind == "buckets":
            mod = mx.mod.BucketingModule.load(
                prefix, 1, language_model(mx, cell), data.default_bucket_key, logger=logger_of(lines)
            )
            given = {}
        else:
            lstm = cell(mx.rnn)
            symbol, arguments, states = mx.rnn.load_rnn_checkpoint(lstm, prefix, 1)
            mod = mx.mod.BucketingModule(
                language_model(mx, lambda rnn: lstm), data.default_bucket_key, logger=logger_of(lines)
            )
            lines.lines.append(symbol.name)
            given = {"arg_params": arguments, "aux_params": states}
        mod.fit(data, eval_metric="ce", begin_epoch=1, num_epoch=2, **given)
        return [lines.lines, params_of(mx, mod)]
