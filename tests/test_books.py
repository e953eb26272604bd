"""The books' helper packages: every name of an edition is presented or a declared gap."""

from __future__ import annotations

import importlib
import inspect

import pytest

from regluon.toolbox import plotting

EDITIONS = {
    "gluonbook": """
        voc_classes voc_colormap accuracy bbox_to_rect data_iter data_iter_consecutive data_iter_random
        _download_pikachu download_voc_pascal evaluate_accuracy _get_batch grad_clipping linreg
        load_data_fashion_mnist load_data_pikachu _make_list optimize predict_rnn read_voc_images Residual
        resnet18 semilogy set_figsize sgd show_bboxes show_images squared_loss to_onehot train
        train_and_predict_rnn train_ch3 train_ch5 try_all_gpus try_gpu voc_label_indices voc_rand_crop
        VOCSegDataset plt
    """,
    "d2lzh": """
        VOC_CLASSES VOC_COLORMAP bbox_to_rect Benchmark corr2d count_tokens data_iter data_iter_consecutive
        data_iter_random download_imdb _download_pikachu download_voc_pascal evaluate_accuracy _get_batch
        get_data_ch7 get_fashion_mnist_labels get_tokenized_imdb get_vocab_imdb grad_clipping linreg
        load_data_fashion_mnist load_data_jay_lyrics load_data_pikachu load_data_time_machine _make_list
        mkdir_if_not_exist predict_rnn predict_rnn_gluon predict_sentiment preprocess_imdb read_imdb
        read_voc_images Residual resnet18 RNNModel semilogy set_figsize sgd show_bboxes show_fashion_mnist
        show_images show_trace_2d squared_loss to_onehot train train_2d train_and_predict_rnn
        train_and_predict_rnn_gluon train_ch3 train_ch5 train_ch7 train_gluon_ch7 try_all_gpus try_gpu
        use_svg_display voc_label_indices voc_rand_crop VOCSegDataset plt
    """,
}

SIGNATURES = {
    "semilogy": "(x_vals, y_vals, x_label, y_label, x2_vals=None, y2_vals=None, legend=None, "
    "figsize=(3.5, 2.5))",
    "set_figsize": "(figsize=(3.5, 2.5))",
    "use_svg_display": "()",
}


@pytest.mark.parametrize(
    ("package", "name"), [(p, n) for p, names in EDITIONS.items() for n in names.split()]
)
def test_a_name_is_there_or_a_declared_gap(package: str, name: str) -> None:
    module = importlib.import_module(package)
    if name in module.__all__:
        assert getattr(module, name) is not None
        assert name not in module.__getattr__.gaps
    else:
        with pytest.raises(AttributeError, match=rf"'{package}' has no attribute '{name}': .*a declared gap"):
            getattr(module, name)


@pytest.mark.parametrize("package", EDITIONS)
def test_no_other_name_is_called_a_gap(package: str) -> None:
    module = importlib.import_module(package)
    assert module.__getattr__.gaps <= set(EDITIONS[package].split())
    with pytest.raises(AttributeError, match=rf"^module '{package}' has no attribute 'semilog'$"):
        module.semilog  # noqa: B018


@pytest.mark.parametrize("package", EDITIONS)
def test_the_plotting_half(package: str) -> None:
    module = importlib.import_module(package)
    assert module.plt is plotting.plt
    for name, signature in SIGNATURES.items():
        bare = inspect.signature(getattr(module, name))
        parameters = [p.replace(annotation=inspect.Parameter.empty) for p in bare.parameters.values()]
        assert str(inspect.Signature(parameters)) == signature
