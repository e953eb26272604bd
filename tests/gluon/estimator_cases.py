"""Trainings by an Estimator: run by MXNet, for its log, metrics and files, and by regluon."""

import logging
import os
import re
import warnings

import numpy as np


class Lines(logging.Handler):
    """The lines of a log, without times."""

    def __init__(self):
        logging.Handler.__init__(self)
        self.lines = []

    def emit(self, record):
        text = re.sub(r"\d+\.\d{3}s|total \d+s", "TIME", record.getMessage())
        self.lines.append(record.levelname + " " + text)


def loader(mx, count, seed, batch_size=8):
    numbers = np.random.RandomState(seed)
    data = numbers.normal(size=(count, 5)).astype("float32")
    label = (data[:, 0] > data[:, 1]).astype("float32") + (data[:, 2] > 1)
    return mx.gluon.data.DataLoader(mx.gluon.data.ArrayDataset(data, label.astype("float32")), batch_size)


def net(mx, context):
    with mx.name.NameManager():
        layers = mx.gluon.nn.HybridSequential(prefix="net_")
        with layers.name_scope():
            layers.add(mx.gluon.nn.Dense(6, activation="relu"), mx.gluon.nn.Dense(3))
    mx.random.seed(3)
    layers.initialize(mx.init.Xavier(), ctx=context)
    return layers


def made(mx, rate=0.3, context=None, **kwargs):
    """An estimator, and the lines of its log."""
    context = context or mx.cpu()
    layers = net(mx, context)
    trainer = mx.gluon.Trainer(layers.collect_params(), "sgd", {"learning_rate": rate})
    with mx.name.NameManager():
        loss = mx.gluon.loss.SoftmaxCrossEntropyLoss()
    estimator = mx.gluon.contrib.estimator.Estimator(layers, loss, trainer=trainer, context=context, **kwargs)
    log = Lines()
    estimator.logger.handlers = [log]
    return estimator, log.lines


def values(estimator):
    metrics = estimator.train_metrics + estimator.val_metrics
    return [[name, float(value)] for name, value in (metric.get() for metric in metrics)]


def epochs(mx, folder):
    estimator, lines = made(mx)
    estimator.fit(loader(mx, 40, 0), loader(mx, 20, 1), epochs=3)
    return [lines, values(estimator)]


def batches(mx, folder):
    estimator, lines = made(mx, train_metrics=[mx.metric.TopKAccuracy(2), mx.metric.Accuracy()])
    handlers = mx.gluon.contrib.estimator
    log = handlers.LoggingHandler(log_interval=3, metrics=estimator.train_metrics)
    check = handlers.ValidationHandler(
        loader(mx, 12, 2), estimator.evaluate, epoch_period=None, batch_period=4
    )
    estimator.fit(loader(mx, 40, 0), event_handlers=[log, check], batches=7)
    return [lines, values(estimator)]


def several(mx, folder):
    """On two contexts, with a metric of several."""
    metric = mx.metric.CompositeEvalMetric([mx.metric.Accuracy(), mx.metric.TopKAccuracy(2)])
    estimator, lines = made(
        mx, context=[mx.cpu(0), mx.cpu(1)], train_metrics=metric, val_metrics=mx.metric.Accuracy()
    )
    estimator.fit(loader(mx, 40, 0), loader(mx, 16, 1), epochs=2)
    estimator.evaluate(loader(mx, 32, 4))
    return [lines, values(estimator)]


def early(mx, folder):
    estimator, lines = made(mx, rate=0.0)
    stop = mx.gluon.contrib.estimator.EarlyStoppingHandler(
        estimator.train_metrics[1], min_delta=0.01, patience=2, mode="min"
    )
    estimator.fit(loader(mx, 40, 0), epochs=9, event_handlers=stop)
    return [lines, values(estimator), [stop.current_epoch, stop.stopped_epoch, stop.wait, float(stop.best)]]


def baseline(mx, folder):
    estimator, lines = made(mx)
    stop = mx.gluon.contrib.estimator.EarlyStoppingHandler(
        estimator.train_metrics[0], patience=1, baseline=0.99
    )
    estimator.fit(loader(mx, 40, 0), epochs=9, event_handlers=[stop])
    return [lines, values(estimator), [stop.current_epoch, stop.stopped_epoch, stop.wait, float(stop.best)]]


def checkpoints(mx, folder):
    """Saved twice as often as kept, then trained on from the last."""
    told = []
    for count, resume in ((4, False), (6, True)):
        estimator, lines = made(mx)
        keep = mx.gluon.contrib.estimator.CheckpointHandler(
            folder, "cp", epoch_period=1, max_checkpoints=2, resume_from_checkpoint=resume
        )
        estimator.fit(loader(mx, 40, 0), epochs=count, event_handlers=[keep])
        told += [without(lines, folder), values(estimator), sorted(os.listdir(folder))]
    return told


def checkpoints_by_batch(mx, folder):
    told = []
    for count, resume in ((6, False), (11, True)):
        estimator, lines = made(mx)
        keep = mx.gluon.contrib.estimator.CheckpointHandler(
            folder,
            monitor=estimator.train_metrics[1],
            mode="min",
            save_best=True,
            epoch_period=None,
            batch_period=2,
            resume_from_checkpoint=resume,
        )
        estimator.fit(loader(mx, 40, 0), batches=count, event_handlers=[keep])
        told += [without(lines, folder), values(estimator), sorted(os.listdir(folder)), float(keep.best)]
    return told


def without(lines, folder):
    return [line.replace(str(folder), "FOLDER") for line in lines]


CASES = (epochs, batches, several, early, baseline, checkpoints, checkpoints_by_batch)


def run(mx, case, folder):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return case(mx, str(folder))
