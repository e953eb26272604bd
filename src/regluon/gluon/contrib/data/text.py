"""WikiText: articles of Wikipedia as series of words, to learn which word comes next."""

from __future__ import annotations

import collections
import os
import shutil
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from regluon.fileio import atomic_write
from regluon.gluon.data.vision.downloaded import DownloadedDataset, File, folder_of
from regluon.lazy import resolve
from regluon.ndarray import array

__all__ = ["WikiText2", "WikiText103"]

_END = "<eos>"


class _WikiText(DownloadedDataset):
    """Words in a row, and the same words one place on.

    A subclass has the names and SHA-1 of its archive and of the files in it.
    """

    _archive: ClassVar[File]
    _files: ClassVar[Mapping[str, File]]

    def __init__(self, root: str, segment: str, vocab: Any, seq_len: int) -> None:
        if segment not in self._files:
            raise ValueError(f"segment={segment!r} is none of {', '.join(self._files)}")
        self._segment = segment
        self._vocab = vocab
        self._seq_len = seq_len
        self._counter: collections.Counter[str] = collections.Counter()
        super().__init__(root, None)

    @property
    def vocabulary(self) -> Any:
        """The ``contrib.text.vocab.Vocabulary`` of the words."""
        return self._vocab

    @property
    def frequencies(self) -> collections.Counter[str]:
        """How often each word occurs."""
        return self._counter

    def _get_data(self) -> None:
        file = self._files[self._segment]
        if not self._is_right(file):
            self._unpack(file)
        words = []
        with open(self._path(file), encoding="utf-8") as lines:
            for line in lines:
                if found := line.split():
                    self._counter.update(found)
                    words += [*found, _END]
        if self._vocab is None:
            make = resolve("regluon.contrib.text.vocab:Vocabulary")
            self._vocab = make(counter=self._counter, reserved_tokens=[_END])
        numbers = np.array(self._vocab.to_indices(words), np.int32)
        count = max(0, len(numbers) - 1) // self._seq_len * self._seq_len
        self._data, self._label = (
            array(row.reshape(-1, self._seq_len), dtype=np.int32)
            for row in (numbers[:count], numbers[1 : count + 1])
        )

    def _unpack(self, file: File) -> None:
        """Takes the file out of its archive; where there is none, one that is there must do."""
        try:
            self._fetch(self._archive)
        except OSError as error:
            if not os.path.exists(self._path(file)):
                text = self._wanted([self._archive], error.__cause__ or error)
                raise OSError(f"{text}\nor what it holds: {file.name} (SHA-1 {file.sha1})") from error
            self._warn(file)
            return
        archive = self._path(self._archive)
        try:
            with zipfile.ZipFile(archive) as packed:
                names = [name for name in packed.namelist() if os.path.basename(name) == file.name]
                if not names:
                    raise ValueError(f"{archive} does not hold {file.name}")
                with packed.open(names[0]) as content, atomic_write(self._path(file)) as target:
                    shutil.copyfileobj(content, target)
        except (EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(f"{archive} can't be read: {error}") from error


class WikiText2(_WikiText):
    """Two million words of good and featured articles: ``seq_len`` words, and those one place on; int32.

    Each line of the text ends with the word ``<eos>``. CC BY-SA, from Salesforce Research.

    Parameters
    ----------
    root : str
        The folder of the files, which are fetched into it if they are not there.
    segment : str
        "train", "validation" or "test".
    vocab : contrib.text.vocab.Vocabulary, optional
        The numbers of the words; of all words of the segment, the frequent first, if None.
    seq_len : int
        How many words an example has.
    """

    _namespace = "wikitext-2"
    _archive = File("wikitext-2-v1.zip", "3c914d17d80b1459be871a5039ac23e752a53cbe")
    _files: ClassVar[Mapping[str, File]] = {
        "train": File("wiki.train.tokens", "863f29c46ef9d167fff4940ec821195882fe29d1"),
        "validation": File("wiki.valid.tokens", "0418625c8b4da6e4b5c7a0b9e78d4ae8f7ee5422"),
        "test": File("wiki.test.tokens", "c7b8ce0aa086fb34dab808c5c49224211eb2b172"),
    }

    def __init__(
        self,
        root: str = folder_of("wikitext-2"),
        segment: str = "train",
        vocab: Any = None,
        seq_len: int = 35,
    ) -> None:
        super().__init__(root, segment, vocab, seq_len)


class WikiText103(_WikiText):
    """A hundred million words; otherwise as WikiText2.

    Parameters
    ----------
    root, segment, vocab, seq_len
        See :class:`WikiText2`.
    """

    _namespace = "wikitext-103"
    _archive = File("wikitext-103-v1.zip", "0aec09a7537b58d4bb65362fee27650eeaba625a")
    _files: ClassVar[Mapping[str, File]] = {
        "train": File("wiki.train.tokens", "b7497e2dfe77e72cfef5e3dbc61b7b53712ac211"),
        "validation": File("wiki.valid.tokens", "c326ac59dc587676d58c422eb8a03e119582f92b"),
        "test": File("wiki.test.tokens", "8a5befc548865cec54ed4273cf87dbbad60d1e47"),
    }

    def __init__(
        self,
        root: str = folder_of("wikitext-103"),
        segment: str = "train",
        vocab: Any = None,
        seq_len: int = 35,
    ) -> None:
        super().__init__(root, segment, vocab, seq_len)
