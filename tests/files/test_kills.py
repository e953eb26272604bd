"""A process that is killed while it saves leaves the old file or the new one, whole."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from fresh import report

# One process saves two versions in turn, endlessly, and is killed. A fork has everything loaded.
KILLS = """
import itertools, json, os, random, signal, sys, time
from pathlib import Path
import mxnet as mx
from mxnet import autograd, gluon
from regluon.files.conversion import convert

folder, kills, chance = Path({folder!r}), {kills}, random.Random({seed})

def net_of(value):
    net = gluon.nn.Dense(300, in_units=400)
    net.initialize(mx.init.Constant(value))
    trainer = gluon.Trainer(net.collect_params(), "sgd", {{"momentum": 0.9}})
    with autograd.record():
        loss = net(mx.nd.ones((1, 400))).sum() * value
    loss.backward()
    trainer.step(1)
    return net, trainer

(one, first), (two, second) = net_of(1), net_of(2)
for name, net in (("a", one), ("b", two)):
    net.save_parameters(str(folder / f"{{name}}.params"))
SAVES = {{
    "nd.save": [lambda path, net=net: mx.nd.save(path, {{"w": net.weight.data()}}) for net in (one, two)],
    "save_parameters": [net.save_parameters for net in (one, two)],
    "Trainer.save_states": [trainer.save_states for trainer in (first, second)],
    "regluon convert": [
        lambda path, name=name: convert(folder / f"{{name}}.params", Path(path), force=True) for name in "ab"
    ],
}}

def again_and_again(path, saves):
    try:
        for save in itertools.cycle(saves):
            save(path)
    finally:
        os._exit(1)

found = {{}}
for name, saves in SAVES.items():
    path = folder / f"saved.{{'npz' if name == 'regluon convert' else 'x'}}"
    contents, start = [], time.monotonic()
    for save in saves:
        save(str(path))
        contents.append(path.read_bytes())
    taken = (time.monotonic() - start) / 2
    whole = halfway = 0
    for _ in range(kills):
        child = os.fork()
        if not child:
            again_and_again(str(path), saves)
        time.sleep(chance.random() * 4 * taken + 0.001)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status)
        whole += path.read_bytes() in contents
        left = list(folder.glob(".*.tmp"))
        halfway += bool(left)
        for file in left:
            file.unlink()
    found[name] = [whole, halfway, len({{*contents}})]
print(json.dumps(found))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_a_hundred_kills(tmp_path: Path) -> None:
    """Those that hit a save left its temporary file; there must be some."""
    seed = random.randrange(2**32)
    print("seed", seed)
    found = report(KILLS.format(folder=str(tmp_path), kills=25, seed=seed))
    print(found)
    assert len(found) == 4
    for whole, _, versions in found.values():
        assert (whole, versions) == (25, 2)
    assert sum(halfway for _, halfway, _ in found.values()) > 10
