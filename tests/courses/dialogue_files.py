"""A small dialogue as its author's file, to be changed by the tests that need it wrong."""

from __future__ import annotations

from courses.dialogues import authoring
from courses.dialogues.graph import Dialogue
from courses.dialogues.nodes import Fault

SMALL = """\
format: 1
title: {zh: 小对话, en: A small dialogue}
setting: {zh: 病房。, en: A ward.}
aim: {zh: 先听。, en: Listen first.}
framework: NURSE
pass_percent: 60
minutes: 5
start: first
turns:
  first:
    speaker: son
    says: {zh: 我很怕。, en: I am afraid.}
    replies:
      - says: {zh: 别怕。, en: Do not be.}
        step: none
        points: {}
        why: {zh: 太快了。, en: Too fast.}
        next: second
      - says: {zh: 您怕的是什么？, en: Tell me what you fear.}
        step: explore
        points: {listening: 2}
        why: {zh: 听他说。, en: You listen.}
        next: second
      - says: {zh: 这没什么好怕的，大家都一样。, en: Nothing to be afraid of here at all.}
        step: none
        points: {}
        harm: serious
        harm_reason: {zh: 伤人。, en: It hurts.}
        why: {zh: 轻慢。, en: It makes light of him.}
        next: second
  second:
    speaker: patient
    says: {zh: 我听见了。, en: I heard that.}
    feeling: {zh: 平静, en: calm}
    replies:
      - says: {zh: 请说下去，我在听，慢慢来。, en: Please go on and take all the time you need.}
        step: none
        points: {}
        why: {zh: 还可以。, en: It will do.}
        ending: half
      - says: {zh: 谢谢您说出来。, en: Thank you for saying so.}
        step: respect
        points: {emotion: 3}
        why: {zh: 尊重。, en: Respect.}
        ending: good
      - says: {zh: 嗯。, en: Mm.}
        step: none
        points: {}
        why: {zh: 没有回应。, en: No answer.}
        ending: half
endings:
  good: {zh: 他笑了。, en: He smiles.}
  half: {zh: 他转过头去。, en: He turns away.}
"""
BEST = [("first", 1), ("second", 1)]


def dialogue(text: str = SMALL) -> Dialogue:
    """The dialogue of a file without faults."""
    read = authoring.parse(text)
    assert isinstance(read, Dialogue), read
    return read


def faults(text: str) -> list[Fault]:
    """The faults of a file that has some."""
    read = authoring.parse(text)
    assert isinstance(read, list), "nothing is wrong with it"
    return read


def changed(old: str, new: str, text: str = SMALL) -> str:
    """The file with one passage put in another's place; the passage must stand there once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)
