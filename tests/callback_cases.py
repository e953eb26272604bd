"""What callbacks are called with, for tests/oracle/record_callbacks.py and tests/test_callback.py.

Stays within Python 3.8 and NumPy: the recorder runs where MXNet 1.9.1 runs.
"""

import itertools
import logging
import time

import numpy as np


class Lines(logging.Handler):
    """Keeps what is logged."""

    def __init__(self):
        logging.Handler.__init__(self)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def logged(call):
    """What a call logs, with a clock on which a quarter of a second goes by at each look."""
    ticks, handler, logger, before = itertools.count(), Lines(), logging.getLogger(), time.time
    level, others = logger.level, logger.handlers[:]
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    time.time = lambda: next(ticks) / 4
    try:
        call()
    finally:
        time.time = before
        logger.handlers[:] = others
        logger.setLevel(level)
    return handler.lines


def trained(mx, callback, metric=True, batches=7, epochs=2):
    """A callback in a loop of batches."""
    accuracy = mx.metric.create(["acc", "mae"]) if metric else None
    label, pred = mx.nd.array([0, 1]), mx.nd.array([[0.25, 0.75], [0.5, 1]])
    for epoch in range(epochs):
        for batch in range(batches):
            if metric:
                accuracy.metrics[0].update([label], [pred])
                accuracy.metrics[1].update([label], [pred[:, 0] * batch])
            callback(mx.model.BatchEndParam(epoch=epoch, nbatch=batch, eval_metric=accuracy, locals=None))


class Module:
    """Logs the checkpoints it is asked for."""

    def save_checkpoint(self, *args):
        logging.info("%s", args)


class Executor:
    """What mx.monitor knows of an executor."""

    def __init__(self, mx):
        self.arg_arrays = [mx.nd.array([3.0, 4]), mx.nd.array([[1.0, 2], [2, 4]])]
        self.aux_arrays = [mx.nd.array([5.0])]
        self._symbol = self

    def list_arguments(self):
        return ["weight", "bias"]

    def list_auxiliary_states(self):
        return ["mean"]

    def set_monitor_callback(self, callback, monitor_all):
        logging.info("monitor_all %s", monitor_all)


def monitored(mx, **options):
    monitor = mx.monitor.Monitor(2, **options)
    monitor.install(Executor(mx))
    for _ in range(4):
        monitor.tic()
        monitor.toc_print()


def checkpoints(mx, folder):
    """The files of a checkpoint, read again."""
    save = mx.callback.do_checkpoint(folder + "/net", 2)
    arrays = {"weight": mx.nd.array([1.0, 2]), "bias": mx.nd.array([3.0])}
    states = {"mean": mx.nd.array([4.0])}
    for epoch in range(4):
        save(epoch, None, arrays, states)
    found = mx.model.load_params(folder + "/net", 4)
    return [{k: v.asnumpy().tolist() for k, v in sorted(part.items())} for part in found]


def all_logged(mx):
    """What each callback logs."""
    callback = mx.callback
    save = callback.module_checkpoint(Module(), "net", 2, True)
    return {
        "speed": logged(lambda: trained(mx, callback.Speedometer(8, 2))),
        "speed_of_all": logged(lambda: trained(mx, callback.Speedometer(8, 3, auto_reset=False))),
        "speed_alone": logged(lambda: trained(mx, callback.Speedometer(8, 2), metric=False)),
        "metric": logged(lambda: trained(mx, callback.log_train_metric(3))),
        "metric_anew": logged(lambda: trained(mx, callback.log_train_metric(3, auto_reset=True))),
        "bar": logged(lambda: trained(mx, callback.ProgressBar(7, length=10), metric=False)),
        "validation": logged(lambda: trained(mx, callback.LogValidationMetricsCallback(), batches=1)),
        "nothing": logged(lambda: trained(mx, callback.LogValidationMetricsCallback(), metric=False)),
        "module": logged(lambda: [save(epoch) for epoch in range(4)]),
        "monitor": logged(lambda: monitored(mx)),
        "monitor_some": logged(
            lambda: monitored(
                mx, stat_func=lambda x: [x, x.max()], pattern="weight|mean", sort=True, monitor_all=True
            )
        ),
        "param": [repr(mx.model.BatchEndParam(1, 2, None, np.pi))],
    }
