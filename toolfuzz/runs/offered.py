"""Whether a service takes as many tools together as are to be offered, said before it is asked."""

from collections.abc import Sequence

from toolfuzz.core.errors import UsageError
from toolfuzz.generate.tools import ToolSet
from toolfuzz.runs.options import RunOptions
from toolfuzz.runs.targets import plan_targets
from toolfuzz.sources.registry import endpoints

__all__ = ["check_offer"]


def check_offer(options: RunOptions, tool_sets: Sequence[ToolSet]) -> None:
    """Raise UsageError where a known service of the run's models doesn't take so many tools."""
    if not (options.models and tool_sets):
        return
    sizes = [len(one.tools) for one in tool_sets]
    # One's own questions offer the tools of all sources.
    there = sum(sizes) if options.prompts else max(sizes)
    offered = there if options.offer == "all" else min(there, options.offer)
    for target in plan_targets(options.models, options.access):
        service = endpoints().get(target.endpoint)
        if service and service.most_tools and offered > service.most_tools:
            raise UsageError(
                f"{service.title} takes at most {service.most_tools} tools in a request, and "
                f"{offered} would be offered",
                f"--offer {service.most_tools} offers each with its neighbours; or choose some "
                "with --include",
            )
