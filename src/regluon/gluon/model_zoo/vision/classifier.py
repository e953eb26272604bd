"""What the nets have in common."""

from __future__ import annotations

from typing import Any, TypeVar

from regluon.context import Context, cpu
from regluon.gluon.hybrid_block import HybridBlock
from regluon.gluon.model_zoo.model_store import get_model_file

__all__ = ["CPU", "Classifier", "Contexts", "trained"]

CPU = cpu()
Contexts = Context | list[Context]


class Classifier(HybridBlock):
    """y = output(features(x))

    Inputs
    ------
    x : (batch, channels, height, width)

    Outputs
    -------
    y : (batch, classes)
    """

    features: HybridBlock
    output: HybridBlock

    def hybrid_forward(self, F: Any, x: Any) -> Any:
        """y = output(features(x))"""
        return self.output(self.features(x))


Net = TypeVar("Net", bound=Classifier)


def trained(net: Net, name: str, pretrained: bool, ctx: Contexts, root: str) -> Net:
    """The net, with the parameters of the file of that name if they are asked for."""
    if pretrained:
        net.load_parameters(get_model_file(name, root=root), ctx=ctx)
    return net
