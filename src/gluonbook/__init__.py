"""The helper package of the Chinese *Dive into Deep Learning*, edition of 2018, made of regluon.toolbox."""

from __future__ import annotations

from regluon.toolbox.classification import evaluate_accuracy, train
from regluon.toolbox.classification_2018 import accuracy, train_ch3, train_ch5
from regluon.toolbox.contexts import _get_batch, _make_list, try_all_gpus, try_gpu
from regluon.toolbox.convolution import Residual, resnet18
from regluon.toolbox.detection import _download_pikachu, load_data_pikachu
from regluon.toolbox.fashion_mnist import load_data_fashion_mnist
from regluon.toolbox.images import bbox_to_rect, show_bboxes, show_images
from regluon.toolbox.linear import data_iter, linreg, sgd, squared_loss
from regluon.toolbox.optimization_2018 import optimize
from regluon.toolbox.plotting import plt, semilogy, set_figsize
from regluon.toolbox.recurrent_2018 import predict_rnn, train_and_predict_rnn
from regluon.toolbox.segmentation import download_voc_pascal
from regluon.toolbox.segmentation_2018 import (
    VOCSegDataset,
    read_voc_images,
    voc_classes,
    voc_colormap,
    voc_label_indices,
    voc_rand_crop,
)
from regluon.toolbox.sequences import data_iter_consecutive, data_iter_random, grad_clipping, to_onehot

__all__ = [
    "Residual",
    "VOCSegDataset",
    "_download_pikachu",
    "_get_batch",
    "_make_list",
    "accuracy",
    "bbox_to_rect",
    "data_iter",
    "data_iter_consecutive",
    "data_iter_random",
    "download_voc_pascal",
    "evaluate_accuracy",
    "grad_clipping",
    "linreg",
    "load_data_fashion_mnist",
    "load_data_pikachu",
    "optimize",
    "plt",
    "predict_rnn",
    "read_voc_images",
    "resnet18",
    "semilogy",
    "set_figsize",
    "sgd",
    "show_bboxes",
    "show_images",
    "squared_loss",
    "to_onehot",
    "train",
    "train_and_predict_rnn",
    "train_ch3",
    "train_ch5",
    "try_all_gpus",
    "try_gpu",
    "voc_classes",
    "voc_colormap",
    "voc_label_indices",
    "voc_rand_crop",
]
