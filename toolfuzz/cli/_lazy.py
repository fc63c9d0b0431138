"""A group of commands of which only the one that is called gets imported."""

import ast
import pkgutil
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
from click.shell_completion import CompletionItem

__all__ = ["LazyGroup", "WholeGroup"]

_WHOLE = 1000


class WholeGroup(click.Group):
    """A group whose list of commands is folded and not cut."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands with the first sentence of each."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, one.get_short_help_str(_WHOLE)) for name, one in self.commands.items()]
            )


class LazyGroup(click.Group):
    """The commands of a package: one module a command, named like it.

    Modules whose name begins with an underscore, and those named in ``helpers``, are no commands.
    The list in ``--help`` is read from the modules' source, since importing all of them would
    take seconds.
    """

    package: str
    helpers: Sequence[str] = ()

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, sorted."""
        path = import_module(self.package).__path__
        names = (module.name for module in pkgutil.iter_modules(path))
        return sorted(n for n in names if n[0] != "_" and n not in self.helpers)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of that name and return the command in it."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"{self.package}.{cmd_name}")
        commands = (v for v in vars(module).values() if isinstance(v, click.Command))
        return next(c for c in commands if c.name == cmd_name)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin so; click would import all of them."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        return [
            CompletionItem(name, help=_first_sentence(f"{self.package}.{name}", name))
            for name in names
        ]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands with the first sentence of each."""
        names = self.list_commands(ctx)
        rows = [(name, _first_sentence(f"{self.package}.{name}", name)) for name in names]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _first_sentence(module: str, name: str) -> str:
    """Return the first sentence of the command's docstring, without running its module."""
    spec = find_spec(module)
    assert spec is not None and spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.rstrip("_") == name:
            # The help's lines are folded; click would cut them.
            return click.Command(name, help=ast.get_docstring(node)).get_short_help_str(_WHOLE)
    raise LookupError(f"{module} defines no function {name}")
