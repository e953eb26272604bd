"""What the nets of the model zoo are asked: the same questions to MXNet, by the recorder, and to regluon."""

import hashlib

import numpy as np

NAMES = [
    *("alexnet", "densenet121", "densenet161", "densenet169", "densenet201", "inceptionv3"),
    *("mobilenet0.25", "mobilenet0.5", "mobilenet0.75", "mobilenet1.0"),
    *("mobilenetv2_0.25", "mobilenetv2_0.5", "mobilenetv2_0.75", "mobilenetv2_1.0"),
    *("resnet18_v1", "resnet34_v1", "resnet50_v1", "resnet101_v1", "resnet152_v1"),
    *("resnet18_v2", "resnet34_v2", "resnet50_v2", "resnet101_v2", "resnet152_v2"),
    *("squeezenet1.0", "squeezenet1.1"),
    *("vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"),
]

IN_FULL = ("mobilenetv2_0.25", "resnet18_v2", "squeezenet1.1", "vgg11_bn")

SEEDED = {
    "mobilenet0.25": (4, 64),
    "mobilenetv2_0.25": (4, 96),
    "resnet18_v1": (2, 64),
    "resnet50_v1": (2, 40),
    "resnet18_v2": (2, 64),
    "resnet50_v2": (2, 40),
    "squeezenet1.1": (1, 220),
}
"""Nets that begin with equal seeds, and the number and the size of their images."""

GIVEN = {
    "alexnet": (2, 63),
    "densenet121": (1, 224),
    "inceptionv3": (1, 299),
    "vgg11_bn": (2, 32),
}
"""Nets that begin with NumPy's numbers, as so many of MXNet's take their time."""

SMALL = {
    "v1_basic": ("ResNetV1", "BasicBlockV1", [1, 2], [4, 4, 8], False),
    "v1_bottleneck": ("ResNetV1", "BottleneckV1", [1, 1], [4, 8, 16], True),
    "v2_basic": ("ResNetV2", "BasicBlockV2", [1, 1], [4, 4, 8], True),
    "v2_bottleneck": ("ResNetV2", "BottleneckV2", [2, 1], [4, 8, 16], False),
}
"""Nets of the zoo's classes that are small enough for files of their parameters."""

PARTS = {
    "densenet": lambda zoo: zoo.DenseNet(8, 4, [1, 2], bn_size=2, dropout=0.2, classes=3),
    "aux": lambda zoo: zoo.inception.make_aux(5),
    "squeezenet": lambda zoo: zoo.SqueezeNet("1.0", classes=3, prefix="mine_"),
    "vgg": lambda zoo: zoo.get_vgg(11, classes=3, batch_norm=True),
    "mobilenet": lambda zoo: zoo.get_mobilenet(1.5, classes=3),
    "mobilenet_v2": lambda zoo: zoo.get_mobilenet_v2(1.5, classes=3),
    "resnet": lambda zoo: zoo.get_resnet(1, 18, thumbnail=True, classes=3, prefix="net_"),
    "block": lambda zoo: zoo.BottleneckV2(8, 2, downsample=True, in_channels=4),
    "bottleneck": lambda zoo: zoo.mobilenet.LinearBottleneck(4, 4, 6, 1),
}
"""Nets and blocks made in other ways than by name."""


def listing(mx, make):
    """A net's printed form, and its parameters: names by structure, full names, shapes and so on."""
    with mx.name.NameManager():
        net = make(mx.gluon.model_zoo.vision)
    lines = [net.name, repr(net)]
    for place, p in net._collect_params_with_prefix().items():
        shape = ",".join(map(str, p.shape))
        init = p.init.dumps() if hasattr(p.init, "dumps") else str(p.init)
        lines.append(" ".join([place, p.name, shape, p.grad_req, init, str(np.dtype(p.dtype))]))
    lines += list(net.collect_params().keys())
    return "\n".join(lines)


def digest(text):
    return hashlib.sha1(text.encode()).hexdigest()


def by_name(name):
    return lambda zoo: zoo.get_model(name)


def images(number, size, seed=0):
    return np.random.RandomState(seed).uniform(-1, 1, (number, 3, size, size)).astype(np.float32)


def net_and_images(mx, name):
    number, size = {**SEEDED, **GIVEN}[name]
    with mx.name.NameManager():
        net = mx.gluon.model_zoo.vision.get_model(name, classes=6)
    return net, mx.nd.array(images(number, size))


def seeded(mx, name):
    """A net's outputs, and those in training with gradients, from equal seeds."""
    net, x = net_and_images(mx, name)
    mx.random.seed(5)
    net.initialize(mx.init.Xavier(magnitude=3))
    found = {"output": net(x).asnumpy()}
    if name == "squeezenet1.1":  # it has dropout
        return found
    with mx.autograd.record():
        y = net(x)
    y.backward(mx.nd.array(np.random.RandomState(1).normal(size=y.shape)))
    found["training"] = y.asnumpy()
    norms = [p.grad().norm().asscalar() for p in net.collect_params(".*weight").values()]
    found["gradients"] = np.array(norms[:: len(norms) // 6], "float32")
    if name.endswith("_v2"):
        # MXNet writes running statistics in the backward pass, which never reaches the first normalization.
        net.features[0].running_mean.set_data(mx.nd.zeros(3))
        net.features[0].running_var.set_data(mx.nd.ones(3))
    found["after"] = net(x).asnumpy()
    return found


def given(mx, name):
    """A net's outputs with numbers of NumPy for parameters."""
    net, x = net_and_images(mx, name)
    net.initialize("zeros")
    net(x)
    pattern = np.random.RandomState(2).uniform(-1, 1, 10007).astype("float32")
    for parameter in net.collect_params().values():
        count = np.prod(parameter.shape[1:]) if len(parameter.shape) > 1 else 50
        values = np.resize(pattern, parameter.shape) * np.float32((6 / count) ** 0.5)
        if parameter.name.endswith(("gamma", "var")):
            values = 1 + values
        parameter.set_data(mx.nd.array(values))
    return {"output": net(x).asnumpy()}


def small(mx, name):
    """A small net whose parameters and running statistics are NumPy's numbers, without its names."""
    kind, block, layers, channels, thumbnail = SMALL[name]
    zoo = mx.gluon.model_zoo.vision
    with mx.name.NameManager():
        return getattr(zoo, kind)(getattr(zoo, block), layers, channels, classes=3, thumbnail=thumbnail)


def filled(mx, net):
    net.initialize()
    net(mx.nd.zeros((1, 3, 24, 24)))
    numbers = np.random.RandomState(3)
    for place, parameter in net._collect_params_with_prefix().items():
        values = numbers.uniform(0.5, 1.5, parameter.shape) if "running_var" in place else None
        parameter.set_data(mx.nd.array(numbers.normal(0, 0.4, parameter.shape) if values is None else values))
    return net


def small_output(mx, net):
    return net(mx.nd.array(images(2, 24, 4))).asnumpy()
