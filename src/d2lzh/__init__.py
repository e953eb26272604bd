"""The helper package of the Chinese *Dive into Deep Learning*, edition of 2019, made of regluon.toolbox."""

from __future__ import annotations

from regluon.toolbox.classification import evaluate_accuracy, train, train_ch3, train_ch5
from regluon.toolbox.contexts import _get_batch, _make_list, try_all_gpus, try_gpu
from regluon.toolbox.convolution import Residual, corr2d, resnet18
from regluon.toolbox.detection import _download_pikachu, load_data_pikachu
from regluon.toolbox.fashion_mnist import (
    get_fashion_mnist_labels,
    load_data_fashion_mnist,
    show_fashion_mnist,
)
from regluon.toolbox.files import mkdir_if_not_exist
from regluon.toolbox.images import bbox_to_rect, show_bboxes, show_images
from regluon.toolbox.linear import data_iter, linreg, sgd, squared_loss
from regluon.toolbox.optimization import get_data_ch7, show_trace_2d, train_2d, train_ch7, train_gluon_ch7
from regluon.toolbox.plotting import plt, semilogy, set_figsize, use_svg_display
from regluon.toolbox.recurrent import (
    RNNModel,
    predict_rnn,
    predict_rnn_gluon,
    train_and_predict_rnn,
    train_and_predict_rnn_gluon,
)
from regluon.toolbox.segmentation import (
    VOC_CLASSES,
    VOC_COLORMAP,
    VOCSegDataset,
    download_voc_pascal,
    read_voc_images,
    voc_label_indices,
    voc_rand_crop,
)
from regluon.toolbox.sequences import (
    data_iter_consecutive,
    data_iter_random,
    grad_clipping,
    load_data_jay_lyrics,
    load_data_time_machine,
    to_onehot,
)
from regluon.toolbox.text import (
    count_tokens,
    download_imdb,
    get_tokenized_imdb,
    get_vocab_imdb,
    predict_sentiment,
    preprocess_imdb,
    read_imdb,
)
from regluon.toolbox.timing import Benchmark

__all__ = [
    "VOC_CLASSES",
    "VOC_COLORMAP",
    "Benchmark",
    "RNNModel",
    "Residual",
    "VOCSegDataset",
    "_download_pikachu",
    "_get_batch",
    "_make_list",
    "bbox_to_rect",
    "corr2d",
    "count_tokens",
    "data_iter",
    "data_iter_consecutive",
    "data_iter_random",
    "download_imdb",
    "download_voc_pascal",
    "evaluate_accuracy",
    "get_data_ch7",
    "get_fashion_mnist_labels",
    "get_tokenized_imdb",
    "get_vocab_imdb",
    "grad_clipping",
    "linreg",
    "load_data_fashion_mnist",
    "load_data_jay_lyrics",
    "load_data_pikachu",
    "load_data_time_machine",
    "mkdir_if_not_exist",
    "plt",
    "predict_rnn",
    "predict_rnn_gluon",
    "predict_sentiment",
    "preprocess_imdb",
    "read_imdb",
    "read_voc_images",
    "resnet18",
    "semilogy",
    "set_figsize",
    "sgd",
    "show_bboxes",
    "show_fashion_mnist",
    "show_images",
    "show_trace_2d",
    "squared_loss",
    "to_onehot",
    "train",
    "train_2d",
    "train_and_predict_rnn",
    "train_and_predict_rnn_gluon",
    "train_ch3",
    "train_ch5",
    "train_ch7",
    "train_gluon_ch7",
    "try_all_gpus",
    "try_gpu",
    "use_svg_display",
    "voc_label_indices",
    "voc_rand_crop",
]
