"""How far a long work is: an hour of the end that can be believed, or none."""

import pytest

from coalizione_mailer.cli import console


@pytest.mark.usefixtures("english")
def test_the_first_one_pays_for_all_and_says_nothing_of_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    time = 0.0
    monkeypatch.setattr(console, "monotonic", lambda: time)
    monkeypatch.setattr(console, "finishing", lambda seconds: f"in {seconds:.0f} s")
    with console.progress(101, "Letters") as step:
        time = 40.0
        step()
        for _ in range(50):
            time += 0.25
            step()
        for _ in range(50):
            time += 0.5
            step()
    assert capsys.readouterr().err.splitlines() == [
        "Letters: 1/101",
        "Letters: 41/101  4.0 a second, ends in 15 s",
        "Letters: 66/101  3.2 a second, ends in 11 s",
        "Letters: 86/101  2.8 a second, ends in 5 s",
        "Letters: 101/101  in 1 min 18 s, 1.3 a second",
    ]
