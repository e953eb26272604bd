"""The helper package of the Chinese *Dive into Deep Learning*, edition of 2019, made of regluon.toolbox."""

from __future__ import annotations

from regluon.toolbox import declared_gaps, plt, semilogy, set_figsize, use_svg_display

__all__ = ["plt", "semilogy", "set_figsize", "use_svg_display"]

__getattr__ = declared_gaps(
    "d2lzh",
    """
    VOC_CLASSES VOC_COLORMAP bbox_to_rect Benchmark corr2d count_tokens data_iter
    data_iter_consecutive data_iter_random download_imdb _download_pikachu download_voc_pascal
    evaluate_accuracy _get_batch get_data_ch7 get_fashion_mnist_labels get_tokenized_imdb
    get_vocab_imdb grad_clipping linreg load_data_fashion_mnist load_data_jay_lyrics
    load_data_pikachu load_data_time_machine _make_list mkdir_if_not_exist predict_rnn
    predict_rnn_gluon predict_sentiment preprocess_imdb read_imdb read_voc_images Residual resnet18
    RNNModel sgd show_bboxes show_fashion_mnist show_images show_trace_2d squared_loss to_onehot
    train train_2d train_and_predict_rnn train_and_predict_rnn_gluon train_ch3 train_ch5 train_ch7
    train_gluon_ch7 try_all_gpus try_gpu voc_label_indices voc_rand_crop VOCSegDataset
    """,
)
