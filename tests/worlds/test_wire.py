"""What the judge of single replies makes of those in a world."""

from dataclasses import replace

from toolfuzz.core.reply import Reply, ToolCall
from toolfuzz.generate.dimensions import draw_pair, find
from toolfuzz.judge.judge import judge


def test_streamed_and_plain_may_go_different_ways() -> None:
    """Any way to the goal is right; where one answer is known, two that differ are told apart."""
    case, _ = draw_pair(find("correction"), 1, 0)
    name = case.tools[0].name

    def reply(stream: bool, *named: str) -> Reply:
        calls = tuple(
            ToolCall(f"call_{n}", name, f'{{"name":"{one}"}}') for n, one in enumerate(named)
        )
        return Reply("openai-chat", stream, 200, calls=calls, finish="tool_calls")

    plain, streamed = reply(False, "amber", "birch"), reply(True, "amber")
    assert judge(case, [streamed], counterpart=[plain]).findings == ()
    known = judge(replace(case, world=None), [streamed], counterpart=[plain])
    assert [f.slug for f in known.findings] == ["stream-nonstream-divergence"]
