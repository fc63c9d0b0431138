"""One class out of a source file that can't be imported, with what its methods need.

Importing the file would load a whole engine. Its top-level statements are run one by one instead,
and only those that bind a name which the wanted methods use, directly or by way of others.
Annotations are not evaluated.
"""

import __future__

import ast
from collections.abc import Set
from pathlib import Path
from typing import Any


def take_class(
    path: Path, name: str, methods: Set[str], optional: Set[str], *, package: str = ""
) -> Any:
    """Return the class without its bases, with these methods and those that they call on self.

    ``package`` is what the file's relative imports are relative to.
    Raises RuntimeError when the class or a method that is not optional is missing.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == name]
    if not found:
        raise RuntimeError(f"{path.name} of this version has no class {name}")
    taken = found[0]
    taken.bases, taken.keywords, taken.decorator_list = [], [], []
    members = {n.name: n for n in taken.body if isinstance(n, _FUNCTIONS)}
    missing = methods - members.keys() - optional
    if missing:
        raise RuntimeError(f"{path.name} of this version has no {', '.join(sorted(missing))}")
    kept = _closure(methods & members.keys(), members, _attributes)
    taken.body = [members[member] for member in sorted(kept)]
    bindings = {bound: node for node in tree.body for bound in _bound(node)}
    needed = _closure({name}, bindings, _names)
    namespace: dict[str, Any] = {"__name__": path.stem, "__package__": package}
    for node in tree.body:
        for piece in _pieces(node, needed):
            code = compile(
                ast.Module([piece], []),
                str(path),
                "exec",
                flags=__future__.annotations.compiler_flag,
                dont_inherit=True,
            )
            exec(code, namespace)
    return namespace[name]


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _closure(start: Set[str], nodes: Any, uses: Any) -> set[str]:
    """Return the names reachable from ``start`` among the keys of ``nodes``."""
    found: set[str] = set()
    todo = set(start)
    while todo:
        name = todo.pop()
        found.add(name)
        todo |= (uses(nodes[name]) & nodes.keys()) - found
    return found


def _names(node: Any) -> set[str]:
    """Return the global names that a statement uses, annotations left out."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return set()
    for part in ast.walk(node):
        if isinstance(part, ast.arg):
            part.annotation = None
        elif isinstance(part, _FUNCTIONS):
            part.returns = None
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _attributes(node: Any) -> set[str]:
    """Return the names that are looked up on ``self``."""
    return {
        part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute)
        and isinstance(part.value, ast.Name)
        and part.value.id == "self"
    }


def _bound(node: Any) -> set[str]:
    """Return the names that a top-level statement binds."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name for alias in node.names}
    if isinstance(node, ast.Assign):
        return {target.id for target in node.targets if isinstance(target, ast.Name)}
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return {node.target.id}
    if isinstance(node, ast.Try | ast.If):
        return set().union(*(_bound(child) for child in node.body + node.orelse))
    return {node.name} if hasattr(node, "name") else set()


def _pieces(node: Any, needed: set[str]) -> Any:
    """Yield the needed part of a top-level statement; of an import, the needed names only."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        node.names = [alias for alias in node.names if (alias.asname or alias.name) in needed]
        if node.names and getattr(node, "module", "") != "__future__":
            yield node
    elif _bound(node) & needed:
        yield node
