"""What a given name says of the sex of who bears it; only where it is sure.

For files without that column: the masculine form of an office is its name, the feminine one is
right for a woman only.
"""

import re

from coalizione_mailer.registry.names import normal

_words = re.compile(r"\w+").findall

# Common feminine names whose ending says nothing; each alone decides.
_FEMININE = frozenset(
    _words(
        "adelaide adele agata agnese alba alessandra alessia alice amalia ambra anastasia angela "
        "angelica anita anna annamaria antonella antonia asia assunta aurora barbara beatrice "
        "benedetta bianca bruna camilla carla carlotta carmela carmen carola caterina cecilia "
        "chiara chantal cinzia clara claudia concetta cristiana cristina daniela daria debora "
        "deborah delia diana diletta dina domenica donatella doriana edda elena eleonora elda "
        "eliana elisabetta elisa elsa elvira emanuela emilia emma enrica erica erika ester "
        "eugenia eva fabiana fabiola fatima federica fernanda filomena fiorella flavia flora "
        "franca francesca gabriella gaia gemma giada gilda gioia giorgia giovanna giulia giuliana "
        "giuseppa giuseppina gloria grazia graziella greta guendalina ida ilaria ilda immacolata "
        "ines ingrid iolanda irene iris isabel isabella ivana lara laura lea letizia lia licia "
        "lidia liliana linda lisa livia loredana lorena loretta lucia luciana lucilla luigia luisa "
        "maddalena manuela mara marcella margherita maria mariangela mariagrazia marialuisa "
        "marianna mariarosa mariateresa marilena marina marisa maristella marta martina matilde "
        "maura melania melissa michela milena mirella miriam moira monica morena nadia natalia "
        "nicoletta nicole nives noemi nora norma novella nunzia olga olimpia ornella ottavia "
        "palma paola patrizia petra pia priscilla rachele raffaella rebecca regina renata "
        "rita roberta romana romina rosa rosalba rosalia rosanna rosaria rosella rosetta rossana "
        "rossella ruth sabina sabrina samantha sandra sara selene serena silvana silvia simona "
        "sofia sonia stefania stella susanna tamara tania tatiana tecla teresa tiziana tonia "
        "tullia valentina valeria vanessa vera veronica vilma viola virginia vita vittoria "
        "viviana wanda wilma ylenia zita"
    )
)
# Diminutives of women's names have these endings, and men's names never.
_ENDINGS = ("ina", "ella", "etta", "uccia", "anna", "ilde")


def feminine(given: str) -> bool:
    """Tell whether a given name is surely a woman's; the first of several decides."""
    first = normal(given).split()[:1]
    return bool(first) and (first[0] in _FEMININE or first[0].endswith(_ENDINGS))
