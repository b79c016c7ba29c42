"""Seams: a folder is a list. Each file in it adds what it defines, and nothing else names it."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def classes_in(package: ModuleType, base: type[T]) -> tuple[type[T], ...]:
    """Return the concrete subclasses of `base` that the files of a package define, by file name.

    Files whose name starts with an underscore hold what several share, and are passed over.
    """
    found: list[type[T]] = []
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, base)
            and value.__module__ == module.__name__
            and not getattr(value, "__abstractmethods__", None)
        ]
    return tuple(found)
