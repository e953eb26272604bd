"""``mx.contrib.tensorboard``: metrics as curves, by the TensorBoard writer of torch."""

from __future__ import annotations

import logging
from typing import Any

from regluon.lazy import resolve

__all__ = ["LogMetricsCallback"]


class LogMetricsCallback:
    """A callback that writes the metrics for TensorBoard, which has to be installed.

    Parameters
    ----------
    logging_dir
        The folder to write to.
    prefix
        What stands before the names of the metrics, with a hyphen.
    """

    def __init__(self, logging_dir: str, prefix: str | None = None) -> None:
        self.prefix = prefix
        try:
            self.summary_writer = resolve("torch.utils.tensorboard:SummaryWriter")(logging_dir)
        except ImportError:
            logging.error("You can install tensorboard via `pip install tensorboard`.")

    def __call__(self, param: Any) -> None:
        if param.eval_metric is None:
            return
        for metric, value in param.eval_metric.get_name_value():
            name = metric if self.prefix is None else f"{self.prefix}-{metric}"
            self.summary_writer.add_scalar(name, value, global_step=param.epoch)
