"""A pytest plugin that plants one mutant as its module is imported."""

from __future__ import annotations

import ast
import os
import sys
from importlib.machinery import PathFinder, SourceFileLoader
from types import CodeType

from tests.mutation.running import planted_module

_PATH, _TREE = planted_module(os.environ["BRIDGE_MUTANT"])


class _Loader(SourceFileLoader):
    def get_code(self, fullname: str) -> CodeType:
        return compile(ast.unparse(_TREE), _PATH, "exec", dont_inherit=True)


class _Finder:
    def find_spec(self, name, path=None, target=None):  # type: ignore[no-untyped-def]
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin == _PATH:
            spec.loader = _Loader(name, _PATH)
            return spec
        return None


assert not any(getattr(module, "__file__", "") == _PATH for module in sys.modules.values())
sys.meta_path.insert(0, _Finder())
