"""The PEC providers of the world: who they are, and what each does in its own way."""

from coalizione_mailer.rehearsal.authority import Authority
from coalizione_mailer.rehearsal.certified import Habits, Provider, Ricevuta

_HABITS = (
    ("Posta Certa S.p.A.", "pec.postacerta.example", Habits(Ricevuta.COMPLETA)),
    (
        "Raccomandate Digitali S.r.l.",
        "cert.raccomandate.example",
        Habits(
            Ricevuta.BREVE,
            html=True,
            protocol="application/x-pkcs7-signature",
            daticert="attachment",
        ),
    ),
    (
        "Gestore Civico S.p.A.",
        "pec.civico.example",
        Habits(Ricevuta.SINTETICA, html=True, micalg="sha-512"),
    ),
    (
        "Recapito Sicuro S.p.A.",
        "legal.recapito.example",
        Habits(Ricevuta.COMPLETA, original_first=True, original_in_base64=True),
    ),
    ("Consorzio Enti", "pec.consorzio.example", Habits(Ricevuta.SINTETICA, daticert="attachment")),
)


def providers(authority: Authority) -> tuple[Provider, ...]:
    """Found them all; the first is the sender's own."""
    return tuple(
        Provider(name, domain, authority.seal(name, f"posta-certificata@{domain}"), habits)
        for name, domain, habits in _HABITS
    )


def impostor(authority: Authority) -> Provider:
    """Found one that looks like the first, by an authority that nobody trusts."""
    name, domain, habits = _HABITS[0]
    return Provider(name, domain, authority.seal(name, f"posta-certificata@{domain}"), habits)
