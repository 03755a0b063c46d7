"""Which address a Comune gets out of IPA's index, on the register that ships."""

from datetime import date
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coalizione_mailer.model import Channel, Comune
from coalizione_mailer.registry import Register
from coalizione_mailer.registry.addr_spec import addr_spec
from coalizione_mailer.registry.choice import (
    NEVER,
    Choice,
    Choices,
    PassedOver,
    Reason,
    Rule,
    Taken,
)
from coalizione_mailer.registry.choosing import choose
from coalizione_mailer.registry.history import CodeHistory, Event, Variation
from coalizione_mailer.registry.official.values import Body, BodyIndex, Kind, Mail, Source

# Reserved domains lose to all others: what stands for a real one is under a top-level domain that
# does not exist. libero.it is known to be ordinary mail. Nothing is sent or looked up here.
MACOMER, OLBIA = "E788", "G015"
CASTRO_BG, CASTRO_LE = "C337", "M261"
DAY = date(2026, 11, 20)


def index(*bodies: Body, day: date = DAY) -> BodyIndex:
    return BodyIndex(Source(Kind.IPA, "enti", "enti.csv", "0" * 64, 1, len(bodies), day), bodies)


def body(
    catastale: str,
    *mails: str,
    code: str | None = None,
    name: str = "Comune di Macomer",
    seat: str | None = None,
    category: str = "L6",
    head: tuple[str, str, str] = ("", "", ""),
) -> Body:
    """A Comune's body; ordinary addresses are written with a tilde before them."""
    numbers = count(1)
    return Body(
        f"c_{catastale.lower()}" if code is None else code,
        name,
        category,
        "",
        "",
        catastale if seat is None else seat,
        head,
        tuple(Mail(mail.lstrip("~"), not mail.startswith("~"), next(numbers)) for mail in mails),
        DAY,
    )


def of(register: Register, catastale: str, *bodies: Body) -> Choice:
    return choose(index(*bodies), register).by_catastale.get(catastale, Choice())


def pec(choice: Choice) -> str | None:
    taken = choice.taken.get(Channel.PEC)
    return taken.seen.address if taken else None


def passed(choice: Choice) -> dict[str, Reason]:
    return {one.seen.address: one.reason for one in choice.passed}


def test_the_first_certified_address_of_the_comunes_own_body_is_taken(shipped: Register) -> None:
    choice = of(
        shipped, MACOMER, body(MACOMER, "~info@a.prova", "uno@pec.a.prova", "due@pec.a.prova")
    )
    assert pec(choice) == "uno@pec.a.prova"
    assert choice.taken[Channel.PEC].rule is Rule.FIRST
    assert choice.taken[Channel.EMAIL].seen.address == "info@a.prova"
    assert passed(choice) == {"due@pec.a.prova": Reason.LATER}


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ("elettorale@pec.a.prova", Reason.ELECTORAL),
        ("ufficio.elettorale@pec.a.prova", Reason.ELECTORAL),
        ("servizi.demografici@pec.a.prova", Reason.REGISTRY),
        ("stato.civile@pec.a.prova", Reason.REGISTRY),
        ("anagrafe@pec.a.prova", Reason.REGISTRY),
        ("tributi@pec.a.prova", Reason.TAX),
        ("polizia.locale@pec.a.prova", Reason.POLICE),
        ("suap@pec.a.prova", Reason.OFFICE),
        ("sindaco@pec.a.prova", Reason.HOLDER),
        ("rosa.bianchi@pec.a.prova", Reason.PERSON),
        ("bianchi.rosa@pec.a.prova", Reason.PERSON),
        ("carlo.verdi@pec.a.prova", Reason.PERSON),
        ("verdic@pec.a.prova", Reason.LATER),
        ("comune@libero.it", Reason.NOT_CERTIFIED),
        ("protocollo@pec.a.example", Reason.RESERVED),
        ("da_indicare", Reason.INVALID),
        ("a@@pec.a.prova", Reason.INVALID),
    ],
)
def test_a_first_address_of_the_wrong_desk_loses_to_the_protocols(
    shipped: Register, first: str, reason: Reason
) -> None:
    head = ("Rosa", "Bianchi", "Sindaca")
    choice = of(shipped, MACOMER, body(MACOMER, first, "protocollo@pec.a.prova", head=head))
    if reason is Reason.LATER:
        assert pec(choice) == first
    else:
        assert pec(choice) == "protocollo@pec.a.prova"
        assert choice.taken[Channel.PEC].rule is Rule.NEXT
        assert passed(choice) == {first: reason}


@pytest.mark.parametrize(
    "local", ["protocollo.elettorale", "comune.macomer", "san.giorgio", "garessio", "r.macomer"]
)
def test_an_office_is_a_word_of_its_own_and_no_place(shipped: Register, local: str) -> None:
    choice = of(shipped, MACOMER, body(MACOMER, f"{local}@pec.a.prova", "altra@pec.a.prova"))
    assert pec(choice) == f"{local}@pec.a.prova"


def test_a_doubtful_address_is_taken_where_there_is_no_better_one_and_says_so(
    shipped: Register,
) -> None:
    choice = of(
        shipped, MACOMER, body(MACOMER, "elettorale@pec.a.prova", "a.prova", "tributi@pec.a.prova")
    )
    taken = choice.taken[Channel.PEC]
    assert (taken.seen.address, taken.rule) == ("elettorale@pec.a.prova", Rule.NOTHING_BETTER)
    assert taken.doubts == (Reason.ELECTORAL,)
    assert passed(choice) == {"a.prova": Reason.INVALID, "tributi@pec.a.prova": Reason.TAX}


def test_a_consumer_provider_is_allowed_and_pointed_out(shipped: Register) -> None:
    choice = of(shipped, MACOMER, body(MACOMER, "~comune.macomer@libero.it"))
    assert choice.taken[Channel.EMAIL].doubts == (Reason.CONSUMER,)


def test_a_body_with_another_code_is_the_comunes_by_seat_and_name(shipped: Register) -> None:
    other = body(MACOMER, "p@pec.a.prova", code="UF0123")
    assert pec(of(shipped, MACOMER, other)) == "p@pec.a.prova"
    both = of(shipped, MACOMER, other, body(MACOMER, "q@pec.a.prova"))
    assert pec(both) == "q@pec.a.prova"
    assert passed(both) == {"p@pec.a.prova": Reason.OTHER_BODY}


@pytest.mark.parametrize(
    "name", ["Consorzio dei Comuni di Macomer", "Unione dei Comuni del Marghine", "Azienda Macomer"]
)
def test_a_consortium_with_its_seat_there_is_not_the_comune(shipped: Register, name: str) -> None:
    choice = of(shipped, MACOMER, body(MACOMER, "p@pec.a.prova", code="ente_1", name=name))
    assert choice.taken == {}
    assert passed(choice) == {"p@pec.a.prova": Reason.OTHER_BODY}


def test_a_homonym_whose_seat_contradicts_the_code_gets_nobody_a_letter(shipped: Register) -> None:
    castro = body(CASTRO_BG, "p@pec.a.prova", name="Comune di Castro", seat=CASTRO_LE)
    choices = choose(index(castro), shipped)
    assert passed(choices.by_catastale[CASTRO_BG]) == {"p@pec.a.prova": Reason.HOMONYM}
    assert all(choice.taken == {} for choice in choices.by_catastale.values())


def test_two_of_code_seat_and_name_decide(shipped: Register) -> None:
    right_name = body(MACOMER, "p@pec.a.prova", seat=OLBIA)
    assert pec(of(shipped, MACOMER, right_name)) == "p@pec.a.prova"
    wrong_code = body(OLBIA, "p@pec.a.prova", seat=MACOMER)
    assert pec(of(shipped, MACOMER, wrong_code)) == "p@pec.a.prova"
    right_seat = body(MACOMER, "p@pec.a.prova", name="Citta' metropolitana di Fantasia")
    assert pec(of(shipped, MACOMER, right_seat)) == "p@pec.a.prova"


def test_the_address_of_a_comune_that_is_no_more_is_not_its_successors(shipped: Register) -> None:
    gambugliano = body("D902", "p@pec.a.prova", name="Comune di Gambugliano", seat="M436")
    choice = of(shipped, "M436", gambugliano)
    assert choice.taken == {}
    assert passed(choice) == {"p@pec.a.prova": Reason.PREDECESSOR}
    sovizzo = body("I879", "q@pec.a.prova", name="Comune di Sovizzo", seat="M436")
    assert pec(of(shipped, "M436", gambugliano, sovizzo)) == "q@pec.a.prova"


def test_a_seat_under_a_sardinian_code_of_2026_is_found(shipped: Register) -> None:
    one = body(MACOMER, "p@pec.a.prova", code="x1", seat="")._replace(istat="114023")
    assert pec(of(shipped, MACOMER, one)) == "p@pec.a.prova"


def test_a_shared_address_loses_to_an_own_one_and_is_kept_where_there_is_none(
    shipped: Register,
) -> None:
    union = "unione@pec.a.prova"
    choices = choose(
        index(
            body(MACOMER, union, "altra@pec.a.prova"),
            body(OLBIA, union, name="Comune di Olbia"),
        ),
        shipped,
    ).by_catastale
    assert pec(choices[MACOMER]) == "altra@pec.a.prova"
    assert choices[MACOMER].passed[0].reason is Reason.SHARED
    assert choices[MACOMER].passed[0].others == (OLBIA,)
    assert pec(choices[OLBIA]) == union
    assert choices[OLBIA].taken[Channel.PEC].doubts == (Reason.SHARED,)


def test_an_address_with_the_name_of_one_of_those_who_share_it_is_that_ones(
    shipped: Register,
) -> None:
    address = "protocollo@pec.comune.macomer.nu.prova"
    choices = choose(
        index(
            body(MACOMER, address, "altra@pec.a.prova"),
            body(OLBIA, address, "sua@pec.b.prova", name="Comune di Olbia"),
        ),
        shipped,
    ).by_catastale
    assert pec(choices[MACOMER]) == address
    assert pec(choices[OLBIA]) == "sua@pec.b.prova"


def test_what_is_no_longer_published_is_kept_and_not_taken(shipped: Register) -> None:
    before = choose(
        index(body(MACOMER, "vecchia@pec.a.prova", "p@pec.a.prova"), day=date(2025, 1, 1)), shipped
    )
    after = choose(index(body(MACOMER, "p@pec.a.prova")), shipped, before).by_catastale[MACOMER]
    assert after.taken[Channel.PEC].seen.first == date(2025, 1, 1)
    assert after.taken[Channel.PEC].seen.last == DAY
    assert passed(after) == {"vecchia@pec.a.prova": Reason.GONE}
    assert after.passed[0].seen.last == date(2025, 1, 1)


def test_what_was_taken_makes_an_address_book(shipped: Register) -> None:
    book = choose(index(body(MACOMER, "P@PEC.A.PROVA")), shipped).book("indirizzi.csv")
    address = book.entries[Channel.PEC][MACOMER]
    assert (address.address, address.source, address.seen) == (
        "P@pec.a.prova",
        "enti, enti.csv",
        DAY,
    )


LOCALS = st.sampled_from(
    ["protocollo", "elettorale", "rosa.bianchi", "sindaco", "tributi", "unione", "comune", "a..b"]
)
DOMAINS = st.sampled_from(["pec.a.prova", "pec.b.prova", "libero.it", "a.example", "nulla"])
MAILS = st.builds("{}{}@{}".format, st.sampled_from(["", "~"]), LOCALS, DOMAINS) | st.just("-")
CODES = st.sampled_from([MACOMER, OLBIA, CASTRO_BG, CASTRO_LE, "D902", "M436"])
BODIES = st.lists(
    st.builds(
        lambda catastale, mails, name, seat, code: body(
            catastale, *mails, name=f"Comune di {name}", seat=seat, code=code
        ),
        CODES,
        st.lists(MAILS, max_size=5),
        st.sampled_from(["Macomer", "Olbia", "Castro", "Sovizzo", "Gambugliano"]),
        CODES | st.just(""),
        st.none() | st.sampled_from(["x1", "x2"]),
    ),
    max_size=6,
)


def everything(choices: Choices) -> list[Taken | PassedOver]:
    found: list[Taken | PassedOver] = []
    for choice in choices.by_catastale.values():
        found += choice.taken.values()
        found += choice.passed
    return found


def named(catastale: str, istat: str, name: str) -> Comune:
    return Comune(istat, catastale, name, "", "Prova", "PR", "Prova", "")


SMALL = Register(
    (
        named(MACOMER, "091044", "Macomer"),
        named(OLBIA, "090047", "Olbia"),
        named(CASTRO_BG, "016065", "Castro"),
        named(CASTRO_LE, "075096", "Castro"),
        named("M436", "024128", "Sovizzo"),
    ),
    "popolazione",
    history=CodeHistory(
        (Variation("", "D902", "Gambugliano", Event.MERGED, DAY, "", "M436", "Sovizzo"),)
    ),
)


@given(BODIES.flatmap(lambda bodies: st.tuples(st.just(bodies), st.permutations(bodies))))
def test_the_choice_does_not_depend_on_the_order_of_rows(
    two: tuple[list[Body], list[Body]],
) -> None:
    one, other = (choose(index(*bodies), SMALL) for bodies in two)
    assert one == other


@given(BODIES)
def test_nothing_chosen_is_invalid_and_every_address_is_told_once(bodies: list[Body]) -> None:
    choices = choose(index(*bodies), SMALL)
    for code, choice in choices.by_catastale.items():
        for channel, taken in choice.taken.items():
            assert taken.seen.channel is channel
            assert taken.seen.codice_catastale == code
            assert addr_spec(taken.seen.address) == taken.seen.address
            assert NEVER.isdisjoint(taken.doubts)
    keys = [one.seen.key for one in everything(choices)]
    assert len(keys) == len(set(keys))
    told = {(one.seen.channel, one.seen.address) for one in everything(choices)}
    coded = [one for one in bodies if one.codice_ipa.startswith("c_")]
    for one in coded:
        for mail in one.mails:
            address = addr_spec(mail.address) or mail.address
            channel = Channel.PEC if mail.certified else Channel.EMAIL
            assert (channel, address) in told


@given(BODIES)
def test_a_consortium_without_addresses_at_every_seat_changes_no_choice(
    bodies: list[Body],
) -> None:
    """A Comune with one body, its addresses all different, is chosen for by a shorter way."""
    consortia = [
        body(comune.codice_catastale, code=f"consorzio_{comune.codice_istat}", name="Consorzio")
        for comune in SMALL.comuni
    ]
    alone, together = (choose(index(*bodies, *more), SMALL) for more in ([], consortia))
    for code, choice in together.by_catastale.items():
        assert alone.by_catastale.get(code, Choice()) == choice
