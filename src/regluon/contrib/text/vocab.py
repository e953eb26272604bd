"""Vocabularies: the numbers of tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import Any, TypeAlias

__all__ = ["Vocabulary"]

Token: TypeAlias = Hashable

UNKNOWN_INDEX = 0


class Vocabulary:
    """Tokens by number and numbers by token: number 0 is any unknown token, then come the reserved ones.

    Parameters
    ----------
    counter
        Tokens with their frequencies, the most frequent of which get the next numbers; those of one frequency
        in their own order.
    most_freq_count
        How many of the counter's tokens at most; None is all.
    min_freq
        How often a token has to occur.
    unknown_token
        What stands for every unknown token.
    reserved_tokens
        Tokens that are always there, such as those for padding and for the ends of sentences.
    """

    def __init__(
        self,
        counter: Counter[Any] | None = None,
        most_freq_count: int | None = None,
        min_freq: int = 1,
        unknown_token: Token = "<unk>",
        reserved_tokens: list[Any] | None = None,
    ) -> None:
        if min_freq <= 0:
            raise AssertionError("`min_freq` must be set to a positive value.")
        if reserved_tokens is not None:
            if unknown_token in reserved_tokens:
                raise AssertionError("`reserved_token` cannot contain `unknown_token`.")
            if len(set(reserved_tokens)) < len(reserved_tokens):
                raise AssertionError("`reserved_tokens` cannot contain duplicate reserved tokens.")
        self._unknown_token = unknown_token
        self._reserved_tokens = None if reserved_tokens is None else list(reserved_tokens)
        self._idx_to_token: list[Any] = [unknown_token, *(reserved_tokens or ())]
        if counter is not None:
            self._idx_to_token += self._chosen(counter, most_freq_count, min_freq)
        self._token_to_idx: dict[Any, int] = {t: i for i, t in enumerate(self._idx_to_token)}

    def _chosen(self, counter: Counter[Any], most: int | None, least: int) -> Iterable[Any]:
        if not isinstance(counter, Counter):
            raise AssertionError("`counter` must be an instance of collections.Counter.")
        known = set(self._idx_to_token)
        by_name = sorted(counter.items(), key=lambda pair: pair[0])
        by_count = sorted(by_name, key=lambda pair: -pair[1])
        found = [token for token, count in by_count if count >= least and token not in known]
        return found if most is None else found[:most]

    def __len__(self) -> int:
        return len(self.idx_to_token)

    @property
    def token_to_idx(self) -> dict[Any, int]:
        """The number of each token."""
        return self._token_to_idx

    @property
    def idx_to_token(self) -> list[Any]:
        """The tokens in the order of their numbers."""
        return self._idx_to_token

    @property
    def unknown_token(self) -> Any:
        """What stands for every unknown token."""
        return self._unknown_token

    @property
    def reserved_tokens(self) -> list[Any] | None:
        """The tokens that are always there."""
        return self._reserved_tokens

    def to_indices(self, tokens: Any) -> Any:
        """The number of a token, or a list of those of a list of tokens; unknown ones have number 0."""
        if isinstance(tokens, list):
            return [self.token_to_idx.get(token, UNKNOWN_INDEX) for token in tokens]
        return self.token_to_idx.get(tokens, UNKNOWN_INDEX)

    def to_tokens(self, indices: int | list[int]) -> Any:
        """The token of a number, or a list of those of a list of numbers.

        Raises
        ------
        ValueError
            If there is no token of that number.
        """
        if isinstance(indices, list):
            return [self._token(index) for index in indices]
        return self._token(indices)

    def _token(self, index: Any) -> Any:
        if not (isinstance(index, int) and -len(self) <= index < len(self)):
            raise ValueError(
                f"Token index {index} in the provided `indices` is invalid: there are {len(self)} tokens."
            )
        return self.idx_to_token[index]
