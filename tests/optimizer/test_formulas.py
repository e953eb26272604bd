"""Every optimizer with every option over 50 steps, against recordings of MXNet."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import regluon as mx
from optimizer import cases


def recorded() -> dict[str, dict[str, np.ndarray]]:
    """What MXNet answered, by cases."""
    found: dict[str, dict[str, np.ndarray]] = {}
    with np.load(Path(__file__).parents[1] / "data" / "optimizers.npz") as file:
        data, at = file["data"].tobytes(), 0
        for key, kind, shape in json.loads(str(file["index"])):
            array = np.frombuffer(data, kind, int(np.prod(shape)), at).reshape(shape)
            case, name = key.split("/")
            found.setdefault(case, {})[name] = array
            at += array.nbytes
    return found


RECORDED = recorded()
# Of the scale of the recorded array. Half precision rounds at other places than MXNet does, and 16-bit
# weights may fall on the neighbouring number.
TOLERANCE = {"float32": 1e-5, "float64": 1e-5, "half": 4e-2, "master": 1e-3}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("case", cases.CASES)
def test_weights_and_states(case: str) -> None:
    seen = cases.run(mx, case)
    assert set(seen) == set(RECORDED[case])
    option = case.split(".")[1]
    dtype = cases.CASES[case][2].get("dtype", "float32")
    for key, value in seen.items():
        wanted = RECORDED[case][key]
        assert value.dtype == wanted.dtype or key == "num_update"
        sixteen = option == "half" or (option == "master" and key[0] == "w")
        tolerance = TOLERANCE[option if sixteen else "float32" if dtype == "float16" else dtype]
        if case.startswith("lamb") and option == "master":
            tolerance = max(
                tolerance, 1e-4
            )  # where MXNet updates several weights, it takes their norms in 16 bits
        scale = max(float(np.abs(wanted).max()), 1e-6)
        np.testing.assert_allclose(
            np.float64(value), np.float64(wanted), rtol=0, atol=tolerance * scale, err_msg=key
        )


def test_every_optimizer_has_cases() -> None:
    known = {k for k, v in mx.optimizer.Optimizer.opt_registry.items() if v.__module__.startswith("regluon")}
    assert known - {"ccsgd"} == {name for name, _, _ in cases.CASES.values()}


# Of the others, one draws random numbers, one takes matrices, and one's weights share a schedule.
ALONE = sorted({name for name, _, _ in cases.CASES.values()} - {"sgld", "groupadagrad", "nadam"})


@pytest.mark.parametrize("name", ALONE)
def test_one_weight_at_a_time_is_the_same(name: str) -> None:
    """The plain operations of a single tensor against the multi-tensor ones."""
    arguments = {"wd": 0.1, "clip_gradient": 0.5, "rescale_grad": 0.5}
    together, alone = (mx.optimizer.get_updater(mx.optimizer.create(name, **arguments)) for _ in range(2))
    arrays = [[mx.nd.array(w) for w in cases.weights(name, "float32")] for _ in range(2)]
    for grads in cases.gradients(name, "float32")[:5]:
        grads = [mx.nd.array(g) for g in grads]
        together([0, 1], grads, arrays[0])
        for i in (0, 1):
            alone(i, grads[i], arrays[1][i])
    for a, b in zip(*arrays, strict=True):
        np.testing.assert_allclose(a.asnumpy(), b.asnumpy(), rtol=1e-6)


def test_gradients_are_not_changed() -> None:
    for name in (*ALONE, "sgld", "nadam"):
        updater = mx.optimizer.get_updater(
            mx.optimizer.create(name, wd=0.1, clip_gradient=0.5, rescale_grad=0.5)
        )
        weight, grad = mx.nd.array([1.0, 2.0]), mx.nd.array([3.0, -0.25])
        updater(0, grad, weight)
        np.testing.assert_array_equal(grad.asnumpy(), [3, -0.25], err_msg=name)
