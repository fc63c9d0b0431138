"""Packages that aren't installed and of which nothing is used: any name can be imported of them."""

import importlib.abc
import importlib.machinery
import types
from collections.abc import Set
from typing import Any


class Absent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds these packages and all of their modules; what is imported of them is ``Anything``."""

    def __init__(self, packages: Set[str]) -> None:
        self.packages = packages

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        """Return a spec for a module of one of the packages."""
        if fullname.partition(".")[0] not in self.packages:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: Any) -> Any:
        """Return a module that has every name."""
        return module(spec.name)

    def exec_module(self, module: Any) -> None:
        """There is nothing to run."""


def module(name: str) -> types.ModuleType:
    """Return a module of which any name can be imported."""
    return _Module(name)


class _Module(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything


class _AnythingType(type):
    """Attributes, calls and subscripts of it are it; as a decorator it leaves what it decorates."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __call__(cls, *args: Any, **options: Any) -> Any:
        return args[0] if args and callable(args[0]) else cls

    def __getitem__(cls, key: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return cls

    __ror__ = __or__

    def __mro_entries__(cls, bases: Any) -> Any:
        return ()


class Anything(metaclass=_AnythingType):
    """A name of a package that isn't there: a type, a function, a decorator or a base class."""
