"""Files of modules: MXNet 1.9.1's go on here as there (tests/oracle/record_module_files.py), and ours."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest

import regluon as mx
from comparing import differences
from module_cases import digits, mlp
from module_files import KINDS, resume, save

FOLDER = Path(__file__).parents[1] / "data" / "modules"
RECORDED: dict[str, Any] = json.loads((FOLDER / "resumed.json").read_text())


@pytest.mark.parametrize("kind", KINDS)
def test_mxnets_files_go_on(kind: str) -> None:
    assert differences(resume(mx, kind, str(FOLDER)), RECORDED[kind], 2e-5) == []


def nodes(path: Path) -> Any:
    """The nodes of a symbol; MXNet goes on counting automatic names when it saves buckets."""
    text = re.sub(r'"(split|reshape|_plus|_mul|activation|expand_dims|concat)\d+"', r'"\1"', path.read_text())
    return json.loads(text)["nodes"]


@pytest.mark.parametrize("kind", KINDS)
def test_our_files_are_mxnets_and_go_on(kind: str, tmp_path: Path) -> None:
    save(mx, kind, str(tmp_path))
    assert differences(resume(mx, kind, str(tmp_path)), RECORDED[kind], 2e-5) == []
    for path in tmp_path.glob("*.json"):
        ours, theirs = (nodes(p) for p in (path, FOLDER / path.name))
        assert ours == theirs, path.name
    for path in tmp_path.glob("*.params"):
        assert path.stat().st_size == (FOLDER / path.name).stat().st_size, path.name
    prefix = kind.replace(" ", "_")
    assert {p.name for p in tmp_path.iterdir()} == {p.name for p in FOLDER.glob(f"{prefix}[-._]*")}


def ready() -> Any:
    mod, data = mx.mod.Module(mlp(mx)), digits(mx)
    mod.bind(data.provide_data, data.provide_label)
    mod.init_params()
    return mod


def test_parameters(tmp_path: Path) -> None:
    mod, name = ready(), str(tmp_path / "net.params")
    mod.save_params(name)
    other = ready()
    other.load_params(name)
    for key, value in mod.get_params()[0].items():
        assert (value == other.get_params()[0][key]).asnumpy().all()
    assert sorted(mx.nd.load(name)) == ["arg:fc1_bias", "arg:fc1_weight", "arg:fc2_bias", "arg:fc2_weight"]


def test_files_that_hold_no_parameters(tmp_path: Path) -> None:
    name = str(tmp_path / "x.params")
    mx.nd.save(name, {"fc1_weight": mx.nd.ones(1)})
    with pytest.raises(ValueError, match=r"Invalid param file .* it holds 'fc1_weight'"):
        ready().load_params(name)
    mx.nd.save(name, [mx.nd.ones(1)])
    with pytest.raises(ValueError, match="Invalid param file"):
        ready().load_params(name)


def test_what_is_saved_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    mod = ready()
    mod.init_optimizer()
    mx.callback.module_checkpoint(mod, str(tmp_path / "net"), save_optimizer_states=True)(0)
    assert caplog.messages == [
        f'Saved checkpoint to "{tmp_path}/net-0001.params"',
        f'Saved optimizer state to "{tmp_path}/net-0001.states"',
    ]


def test_a_failing_save_leaves_the_old_states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mod, path = ready(), tmp_path / "net.states"
    mod.init_optimizer(optimizer="adam")
    mod.save_optimizer_states(str(path))
    before = path.read_bytes()

    def fail() -> bytes:
        raise OSError("disk full")

    monkeypatch.setattr(mod._updater, "get_states", fail)
    with pytest.raises(OSError, match="disk full"):
        mod.save_optimizer_states(str(path))
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["net.states"]


def test_states_of_another_net_are_refused(tmp_path: Path) -> None:
    mod = ready()
    mod.init_optimizer(optimizer="adam")
    data = digits(mx)
    mod.forward_backward(next(data))
    mod.update()
    mod.save_optimizer_states(str(tmp_path / "x.states"))
    other = mx.mod.Module(mlp(mx, hidden=5))
    other.bind(data.provide_data, data.provide_label)
    other.init_params()
    other.init_optimizer(optimizer="adam")
    other.load_optimizer_states(str(tmp_path / "x.states"))
    other.forward_backward(next(data))
    with pytest.raises(mx.MXNetError, match="does not fit"):
        other.update()


def test_buckets_with_names_cannot_be_saved(tmp_path: Path) -> None:
    mod = mx.mod.BucketingModule(lambda key: (mlp(mx), ["data"], ["softmax_label"]), "long")
    with pytest.raises(AssertionError, match="Empty"):
        mod.save_checkpoint(str(tmp_path / "x"), 1)
    mod.bind([("data", (2, 64))], [("softmax_label", (2,))])
    mod.init_params()
    with pytest.raises(AssertionError, match="cannot hold the key 'long'"):
        mod.save_checkpoint(str(tmp_path / "x"), 1)
    assert list(tmp_path.iterdir()) == []


def test_what_loading_buckets_needs() -> None:
    load, load_dict = mx.mod.BucketingModule.load, mx.mod.BucketingModule.load_dict
    with pytest.raises(AssertionError, match="sym_gen is required"):
        load("x", 1)
    with pytest.raises(AssertionError, match="default_bucket_key is required"):
        load("x", 1, sym_gen=lambda key: key)
    with pytest.raises(AssertionError, match="arg_params needs"):
        load_dict({1: mlp(mx)}, lambda key: key, 1)
    with pytest.raises(AssertionError, match="none of the buckets"):
        load_dict({1: mlp(mx)}, lambda key: (mlp(mx), ["data"], None), 2, {}, {})
