"""The helper package of the Chinese *Dive into Deep Learning*, edition of 2018, made of regluon.toolbox."""

from __future__ import annotations

from regluon.toolbox import declared_gaps, plt, semilogy, set_figsize, use_svg_display

__all__ = ["plt", "semilogy", "set_figsize", "use_svg_display"]

__getattr__ = declared_gaps(
    "gluonbook",
    """
    voc_classes voc_colormap accuracy bbox_to_rect data_iter data_iter_consecutive data_iter_random
    _download_pikachu download_voc_pascal evaluate_accuracy _get_batch grad_clipping linreg
    load_data_fashion_mnist load_data_pikachu _make_list optimize predict_rnn read_voc_images
    Residual resnet18 sgd show_bboxes show_images squared_loss to_onehot train train_and_predict_rnn
    train_ch3 train_ch5 try_all_gpus try_gpu voc_label_indices voc_rand_crop VOCSegDataset
    """,
)
