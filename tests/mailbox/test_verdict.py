"""Hard or soft, and why: words before codes, codes before nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.mailbox.reading import Cause, Severity
from coalizione_mailer.mailbox.rules import rules
from coalizione_mailer.mailbox.verdict import Verdict, judge, judge_answer, status_in

SPOKEN = [
    ("550 5.1.1 <a@b.example>: Recipient address rejected: User unknown", "hard", "dead"),
    ("550 No such user here", "hard", "dead"),
    ("550 5.1.1 utente sconosciuto", "hard", "dead"),
    ("550 5.1.1 indirizzo non valido", "hard", "dead"),
    ("550 Empfänger unbekannt", "hard", "dead"),
    ("550 Adresse d au moins un destinataire invalide", "hard", "dead"),
    ("550 El usuario no existe", "hard", "dead"),
    ("550 5.1.2 Host unknown (Name server: host not found)", "hard", "dead"),
    ("551 User not local; please try <new@b.example>", "hard", "dead"),
    ("556 5.1.10 domain does not accept mail (nullMX)", "hard", "dead"),
    ("550 5.4.1 Recipient address rejected: Access denied.", "hard", "dead"),
    ("552 5.2.2 Mailbox full", "soft", "full"),
    ("550 5.1.1 The recipient is over quota", "soft", "full"),
    ("550 casella piena", "soft", "full"),
    ("554 5.7.1 Client host rejected: cannot find your reverse hostname", "soft", "content"),
    ("550 5.7.1 Relaying denied", "soft", "content"),
    ("550 5.7.23 SPF validation failed", "soft", "content"),
    ("554 Service unavailable; blocked using zen.spamhaus.example", "soft", "content"),
    ("552 5.3.4 Message size exceeds fixed limit", "soft", "content"),
    ("550 5.7.1 virus found", "soft", "content"),
    ("550 5.7.1 Questa casella riceve solo Posta Certificata", "soft", "closed"),
    ("550 casella non abilitata alla ricezione di posta elettronica ordinaria", "soft", "closed"),
    ("550 5.1.1 Questa casella PEC accetta solo messaggi provenienti da PEC", "soft", "closed"),
    ("554 Non si accettano messaggi da caselle di posta ordinaria", "soft", "closed"),
    ("550 messaggi non PEC rifiutati", "soft", "closed"),
    ("550 5.7.1 only messages from PEC providers accepted", "soft", "closed"),
    ("450 4.2.0 Greylisted, see later", "soft", "temporary"),
    ("451 4.3.0 Temporary lookup failure", "soft", "temporary"),
    ("450 4.1.1 User unknown", "soft", "temporary"),
    ("554 5.4.6 Too many hops", "soft", "temporary"),
    ("550 account has been suspended", "soft", "unknown"),
    ("554 il server di destinazione non è raggiungibile da oltre 48 ore", "soft", "temporary"),
]


@pytest.mark.parametrize(("text", "severity", "cause"), SPOKEN, ids=[row[0] for row in SPOKEN])
def test_an_answer_of_a_server_is_judged_by_its_words(text: str, severity: str, cause: str) -> None:
    verdict = judge_answer(int(text[:3]), text)
    assert (verdict.severity, verdict.cause) == (severity, cause)


CODED = [
    ("5.1.1", "hard", "dead"),
    ("5.1.10", "hard", "dead"),
    ("5.4.4", "hard", "dead"),
    ("5.1.8", "soft", "content"),
    ("5.2.2", "soft", "full"),
    ("5.7.0", "soft", "content"),
    ("5.6.0", "soft", "content"),
    ("4.1.1", "soft", "temporary"),
    ("4.4.7", "soft", "temporary"),
]


@pytest.mark.parametrize(("status", "severity", "cause"), CODED)
def test_where_the_words_say_nothing_the_code_decides(
    status: str, severity: str, cause: str
) -> None:
    verdict = judge(status, "", "")
    assert (verdict.severity, verdict.cause) == (severity, cause)


def test_a_refusal_for_good_without_a_reason_is_hard_and_not_sure() -> None:
    assert judge("5.0.0", "554", "") == Verdict(Severity.HARD, Cause.UNKNOWN, sure=False)
    assert judge("", "550", "") == Verdict(Severity.HARD, Cause.DEAD, sure=False)


def test_an_address_or_a_link_never_decides() -> None:
    said = judge("5.7.1", "550", "<user-unknown@mailbox-full.example> see https://x.example/virus")
    assert said == Verdict(Severity.SOFT, Cause.CONTENT)
    assert judge("5.1.1", "550", "quota@full.example") == Verdict(Severity.HARD, Cause.DEAD)


def test_who_took_the_recipient_and_refuses_the_message_has_read_it() -> None:
    text = "550 User unknown (in reply to end of DATA command)"
    assert judge_answer(550, text) == Verdict(Severity.SOFT, Cause.CONTENT)


def test_what_is_refused_before_a_recipient_is_named_is_not_about_it() -> None:
    for moment in ("after EHLO relay.example", "in reply to MAIL FROM command"):
        assert judge("5.0.0", "550", f"550 Rejected ({moment})") == Verdict(
            Severity.SOFT, Cause.CONTENT
        )
        assert judge("", "550", f"550 No such user ({moment})").severity is Severity.SOFT
    late = judge("4.0.0", "421", "421 no (in reply to EHLO command)")
    assert late == Verdict(Severity.SOFT, Cause.TEMPORARY)


def test_the_moment_of_the_first_recipient_counts() -> None:
    lines = (
        "550 User unknown (in reply to RCPT TO command)\n550 no (in reply to end of DATA command)"
    )
    assert judge("5.0.0", "550", "550 User unknown", beside=lines).severity is Severity.HARD
    after = "550 User unknown (in reply to end of DATA command)"
    assert judge("5.0.0", "550", "550 User unknown", beside=after).severity is Severity.SOFT


def test_a_code_about_the_senders_address_is_believed_against_the_words() -> None:
    for status in ("5.1.7", "5.1.8"):
        verdict = judge(status, "553", f"553 {status} address does not exist")
        assert verdict == Verdict(Severity.SOFT, Cause.CONTENT)


def test_a_host_that_takes_no_mail_is_dead_and_one_that_takes_none_now_is_not() -> None:
    assert judge("5.3.2", "521", "521 5.3.2 no").severity is Severity.HARD
    assert judge("5.3.2", "554", "554 5.3.2 no") == Verdict(Severity.SOFT, Cause.TEMPORARY)


def test_words_that_are_not_understood_are_no_proof_of_a_death() -> None:
    for text in ("550 boh", "554 ラーメン", "550 la casella fa le bizze"):
        verdict = judge_answer(int(text[:3]), text)
        assert verdict == Verdict(Severity.SOFT, Cause.UNKNOWN, sure=False)
    assert judge_answer(550, "550 5.1.1 boh").severity is Severity.HARD


@given(st.text(max_size=200), st.sampled_from(["", "5.0.0", "5.2.2", "5.5.0"]))
def test_a_full_box_is_never_given_up_for_dead(around: str, status: str) -> None:
    verdict = judge(status, "552", f"552 mailbox full {around}")
    assert verdict.cause is not Cause.DEAD


def test_the_precise_code_is_found_and_a_version_or_an_address_is_not_one() -> None:
    assert status_in("550-5.0.0 no; 550 5.1.1 unknown") == "5.1.1"
    assert status_in("host 5.1.1.7 said: Exim 4.92.3.1") == ""
    assert status_in("2.0.0 queued, then 5.0.0") == "2.0.0"


@given(st.text(max_size=300), st.sampled_from(["", "5.1.1", "4.0.0", "5.0.0"]))
def test_every_text_gets_a_judgement(text: str, status: str) -> None:
    verdict = judge(status, "", text)
    assert verdict.severity in set(Severity)
    assert verdict.cause in set(Cause)


@given(st.text(max_size=300))
def test_only_a_dead_address_or_an_unknown_reason_is_hard(text: str) -> None:
    verdict = judge_answer(None, text)
    if verdict.severity is Severity.HARD:
        assert verdict.cause in {Cause.DEAD, Cause.UNKNOWN}


def test_every_rule_has_its_reason_and_words_in_small_letters() -> None:
    groups = [*rules().verdicts, *rules().named.values()]
    assert len(groups) > 20
    for group in groups:
        assert len(group.reason) > 20, group.name
        assert group.words or group.gapped
        assert all(word and word == word.casefold() for word in group.words), group.name
