"""The profiler: what no recording of MXNet holds. The rest is in tests/programs/profiler.py."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import regluon as mx
from regluon import profiler
from regluon.base import MXNetError
from regluon.profiler.recorder import Config, recorder


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path) -> Iterator[None]:
    recorder.__init__()  # type: ignore[misc]
    profiler.set_config(filename=str(tmp_path / "trace.json"), aggregate_stats=True)
    yield
    profiler.set_state("stop")
    recorder.config = Config()


def work() -> None:
    x = mx.nd.ones((8, 8))
    mx.nd.dot(x, x).wait_to_read()


def trace(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "trace.json").read_text(encoding="utf-8"))["traceEvents"]  # type: ignore[no-any-return]


def test_a_trace(tmp_path: Path) -> None:
    profiler.set_config(profile_all=True)
    profiler.set_state("run")
    task = profiler.Domain("dom").new_task("task")
    task.start()
    work()
    task.stop()
    profiler.set_state("stop")
    profiler.dump()
    events = trace(tmp_path)
    spans = {e["name"]: e for e in events if e["ph"] == "X"}
    assert spans["aten::mm"]["cat"] == "operator"
    assert {"name", "cat", "ph", "ts", "dur", "pid", "tid"} <= spans["aten::mm"].keys()
    begin, end = (spans["task"]["ts"], spans["task"]["ts"] + spans["task"]["dur"])
    assert begin <= spans["aten::mm"]["ts"] <= spans["aten::mm"]["ts"] + spans["aten::mm"]["dur"] <= end
    assert [e["ts"] for e in events[1:]] == sorted(e["ts"] for e in events[1:])
    memory = [e["args"]["Memory: cpu/0"] for e in events if e["name"] == "Memory: cpu/0"]
    assert max(memory) >= 2 * 8 * 8 * 4


def test_tables() -> None:
    profiler.set_config(profile_imperative=True)
    profiler.set_state("run")
    work()
    work()
    running = json.loads(profiler.dumps(format="json"))
    work()
    profiler.set_state("stop")
    stopped = json.loads(profiler.dumps(reset=True, format="json"))
    counts = [found["Time"]["operator"]["aten::mm"]["Count"] for found in (running, stopped)]
    assert counts == [2, 3]
    assert "aten::fill_" not in stopped["Time"]["operator"]  # it is inside aten::ones
    assert stopped["Memory"] == {}
    row = stopped["Time"]["operator"]["aten::mm"]
    assert row["Min"] <= row["Avg"] <= row["Max"] <= row["Total"]
    assert profiler.dumps().count("\n") == 3


@pytest.mark.parametrize("key", ["total", "avg", "min", "max", "count"])
def test_the_order_of_a_table(key: str) -> None:
    domain = profiler.Domain("dom")
    profiler.set_state("run")
    for n, value in enumerate([3, 1, 2]):
        counter = domain.new_counter(f"c{n}", value)
        for _ in range(value):
            counter.set_value(value)
    profiler.set_state("stop")
    names = [
        list(json.loads(profiler.dumps(format="json", sort_by=key, ascending=a))["Value"]["dom,counter"])
        for a in (True, False)
    ]
    assert names == [["c1", "c2", "c0"], ["c0", "c2", "c1"]]
    assert "Min Value" in profiler.dumps()


def test_paused_and_stopped_nothing_is_noted() -> None:
    task = profiler.Domain("dom").new_task("task")
    profiler.set_config(profile_all=True)
    for begin, end in ((profiler.pause, profiler.resume), (lambda: None, lambda: None)):
        begin()
        task.start()
        work()
        task.stop()
        end()
        profiler.set_state("run")
    profiler.pause()
    work()
    profiler.resume()
    profiler.set_state("stop")
    work()
    found = json.loads(profiler.dumps(format="json"))["Time"]
    assert found["dom"]["task"]["Count"] == 1
    assert found["operator"]["aten::mm"]["Count"] == 1


def test_only_what_is_asked_for() -> None:
    profiler.set_config(profile_memory=True, profile_imperative=False)
    profiler.set_state("run")
    work()
    profiler.set_state("stop")
    found = json.loads(profiler.dumps(format="json"))
    assert found["Time"] == {}
    assert found["Memory"]["Device Storage"]["Memory: cpu/0"]["Count"] > 1
    profiler.set_config(aggregate_stats=False)
    assert profiler.dumps() == ""


def test_written_whenever_it_stops(tmp_path: Path) -> None:
    profiler.set_config(continuous_dump=True, dump_period=2, profile_process="worker")
    for count in (1, 2):
        profiler.set_state("run")
        work()
        profiler.set_state("stop")
        assert len([e for e in trace(tmp_path) if e["name"] == "aten::mm"]) == count
    profiler.set_state("run", "server")
    profiler.pause("server")
    profiler.resume("server")
    profiler.dump(profile_process="server")
    assert not recorder.runs


def test_there_is_nothing_to_dump_before_a_run_and_after_the_last(tmp_path: Path) -> None:
    with pytest.raises(MXNetError, match="Profiler hasn't been run"):
        profiler.dump()
    profiler.set_state("run")
    profiler.dump()
    assert not recorder.runs
    with pytest.raises(MXNetError, match="Profiler hasn't been run"):
        profiler.dump()


def test_a_stop_without_a_start_notes_nothing() -> None:
    profiler.set_state("run")
    profiler.Event("event").stop()
    profiler.set_state("stop")
    assert json.loads(profiler.dumps(format="json"))["Time"] == {}


def test_what_is_refused() -> None:
    with pytest.raises(MXNetError, match="no 'foo'; there are filename, profile_all"):
        profiler.set_config(foo=1)
    with pytest.raises(MXNetError, match="profile_all is true or false, not 'maybe'"):
        profiler.set_config(profile_all="maybe")
    with pytest.raises(AssertionError, match=r"format: xml\. Support: 'table', 'json'"):
        profiler.dumps(format="xml")


@pytest.mark.gpu
@pytest.mark.skipif(not mx.num_gpus(), reason="needs a GPU")
def test_kernels_of_a_gpu(tmp_path: Path) -> None:
    profiler.set_config(profile_all=True)
    profiler.set_state("run")
    with mx.gpu():
        work()
    mx.nd.waitall()
    profiler.set_state("stop")
    found = json.loads(profiler.dumps(format="json"))
    assert found["Time"]["kernel"]
    assert any(name.startswith("Memory: gpu") for name in found["Memory"]["Device Storage"])
    profiler.dump()
    assert any(e.get("cat") == "kernel" for e in trace(tmp_path))
