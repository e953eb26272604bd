from __future__ import annotations

import pytest

from regluon.registry import get_alias_func, get_create_func, get_register_func, get_registry


class Base:
    def __init__(self, size: int = 1) -> None:
        self.size = size


register = get_register_func(Base, "thing")
alias = get_alias_func(Base, "thing")
create = get_create_func(Base, "thing")


@register
@alias("Kurz")
class Lang(Base):
    pass


@pytest.mark.parametrize(
    ("args", "kwargs", "size"),
    [
        (("lang",), {}, 1),
        (("LANG", 3), {}, 3),
        (("kurz",), {"size": 2}, 2),
        ((), {"thing": "lang", "size": 4}, 4),
        (({"thing": "lang", "size": 5},), {}, 5),
        (('["lang", {"size": 6}]',), {}, 6),
        (('{"thing": "lang", "size": 7}',), {}, 7),
    ],
)
def test_create(args: tuple[object, ...], kwargs: dict[str, object], size: int) -> None:
    made = create(*args, **kwargs)
    assert (type(made), made.size) == (Lang, size)


def test_an_instance_is_returned_as_it_is() -> None:
    own = Lang()
    assert create(own) is own
    with pytest.raises(AssertionError, match="already an instance"):
        create(own, 3)
    with pytest.raises(AssertionError, match="must be of string type or a Base, not 3"):
        create(3)
    with pytest.raises(AssertionError, match="holds its arguments already"):
        create('["lang", {}]', size=3)


def test_an_unknown_name_lists_the_known() -> None:
    with pytest.raises(
        AssertionError,
        match=r"foo is not registered. Please register with thing.register first; there are kurz, lang",
    ):
        create("foo")


def test_registered_twice() -> None:
    other = type("Lang", (Base,), {})
    with pytest.warns(UserWarning, match="takes the place of"):
        register(other)
    assert get_registry(Base)["lang"] is other
    get_registry(Base)["lang"] = Lang
    assert get_registry(Base)["lang"] is other
    with pytest.warns(UserWarning, match="takes the place of"):
        register(Lang)
    with pytest.raises(AssertionError, match="Can only register subclass of Base"):
        register(int)
