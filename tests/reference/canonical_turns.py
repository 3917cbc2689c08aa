"""Which part of a response answers: after the reasoning, before the next turn or question."""

# ruff: noqa: RUF001 - characters of other scripts are what is read here

from __future__ import annotations

import re

THINKING = (
    *(("<think>", "</think>"), ("<thinking>", "</thinking>"), ("[THINK]", "[/THINK]")),
    *(("<thought>", "</thought>"), ("<reasoning>", "</reasoning>")),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|channel|>analysis", "<|channel|>final<|message|>"),
)
# What a chat template writes between turns; a model that is not stopped there runs on.
ENDS_OF_TURN = (
    *("<|im_end|>", "<|im_start|>", "<|eot_id|>", "<|eom_id|>", "<|endoftext|>"),
    *("<|end_of_text|>", "<|end|>", "<|return|>", "<|user|>", "<|start_header_id|>"),
    *("</s>", "<eos>", "<end_of_turn>", "<start_of_turn>", "<｜end▁of▁sentence｜>", "<｜User｜>"),
)
END_OF_TURN = re.compile("|".join(map(re.escape, ENDS_OF_TURN)))
QUESTION = re.compile(
    r"(?m)^(?:(?P<dress>[ \t*#>]*)(?:Question|Problem|Exercise|Instruction|User|Human|Q)"
    r"(?: ?[0-9]{1,3})?(?:\**:|(?P<title>[ \t*.]*$))|(?:user|human|assistant)$)"
)


def final_part(text: str) -> str | None:
    """What follows the reasoning; nothing where the reasoning has not ended.

    Reasoning that starts anew after an answer or another turn leaves what stands before it.
    """
    start = 0
    for _, closer in THINKING:
        at = text.rfind(closer)
        if at >= 0:
            start = max(start, at + len(closer))
    final = text[start:]
    opened = [final.find(opener) for opener, _ in THINKING if opener in final]
    if not opened:
        return final
    before = final[: min(opened)]
    return before if start or END_OF_TURN.search(before) else None


def parts(text: str) -> list[str]:
    """The response cut at the end of each turn and before each line that starts a question.

    The first part that states an answer is the response; what follows was run on.
    """
    cuts = [(found.start(), found.end()) for found in END_OF_TURN.finditer(text)]
    cuts += [
        (line.start(), line.start())
        for line in QUESTION.finditer(text)
        if line["title"] is None or "#" in line["dress"]
    ]
    pieces = []
    start = 0
    for end, after in sorted(cuts):
        pieces.append(text[start:end])
        start = after
    return [piece for piece in (*pieces, text[start:]) if piece]
