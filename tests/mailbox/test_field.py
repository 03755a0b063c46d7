"""What mail systems of the field write, held against what it means."""

import pytest

from coalizione_mailer.mailbox.classify import classify
from coalizione_mailer.mailbox.reading import Kind
from coalizione_mailer.mailbox.verdict import judge_answer
from tests.mailbox import field_answers, field_bounces, field_others, field_programs
from tests.mailbox.field_bounces import Back

FAMILIES = {**field_bounces.FAMILIES, "programs": field_programs.PROGRAMS}
BOUNCES = [(family, each) for family, row in FAMILIES.items() for each in row]
ANSWERS = [
    (family, text, means) for family, row in field_answers.FAMILIES.items() for text, means in row
]


@pytest.mark.parametrize(
    "back",
    [each for _, each in BOUNCES],
    ids=[f"{family}: {each.name}" for family, each in BOUNCES],
)
def test_a_bounce_of_the_field_is_understood(back: Back) -> None:
    reading = classify(back.raw)
    assert (str(reading.kind), reading.recipients) == (back.kind, back.recipients)
    assert (reading.outcome, reading.cause) == (back.outcome, back.cause)
    assert reading.message_id == back.message_id


@pytest.mark.parametrize(
    ("text", "means"),
    [each[1:] for each in ANSWERS],
    ids=[f"{family}: {text[:40]}" for family, text, _ in ANSWERS],
)
def test_an_answer_of_the_field_is_understood(text: str, means: str) -> None:
    code = int(text[:3]) if text[:3].isdigit() else None
    verdict = judge_answer(code, text)
    assert f"{verdict.severity} {verdict.cause}" == means


@pytest.mark.parametrize("name", field_others.OTHERS)
def test_what_only_speaks_of_failed_mail_is_no_bounce(name: str) -> None:
    reading = classify(field_others.OTHERS[name])
    assert reading.kind in {Kind.REPLY, Kind.AUTO_REPLY, Kind.OTHER}


def test_the_field_has_every_family_and_no_form_twice() -> None:
    names = [(family, each.name) for family, each in BOUNCES]
    texts = [text for _, text, _ in ANSWERS]
    assert len(set(names)) == len(names) >= 30
    assert len(set(texts)) == len(texts) >= 70
