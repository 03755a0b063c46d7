"""What looks like a bounce and is none: people, tricksters and machines who speak of failed mail.

Invented, in the manner of what an Italian office finds in its mailbox.
"""

from tests.mailbox.letters_back import OURS, RETURNED, THEY, WE, message

PERSON = f"Maria Prova <{THEY}>"
PROGRAM = "User-Agent: Mozilla Thunderbird\n"

OTHERS = {
    "a person whose own letter came back": message(
        f"Buongiorno, vi ho scritto a {WE} ma il messaggio mi è tornato indietro: casella piena.\n"
        "Potete verificare? Cordiali saluti\nMaria Prova",
        sender=PERSON,
        subject="Messaggio non consegnato",
        more=PROGRAM,
    ),
    "a person who tells of a dead address": message(
        f"Vi informo che l'indirizzo vecchio@sovizzo.example non esiste più.\nScrivete a {THEY}.\n",
        sender=PERSON,
        subject="Indirizzo errato",
        more=PROGRAM,
    ),
    "a person who passes a bounce on": message(
        "Vedi sotto, che facciamo?\n\n-------- Messaggio inoltrato --------\nOggetto: Undelivered "
        f"Mail Returned to Sender\nMittente: MAILER-DAEMON@relay.example\n\n<{THEY}>: 550 5.1.1 "
        "User unknown\n",
        sender=PERSON,
        subject="I: Undelivered Mail Returned to Sender",
        more=PROGRAM,
    ),
    "a person who asks to be sent it again": message(
        f"Il vostro invito inviato a {THEY} è stato respinto dal nostro antivirus, la casella "
        "era inoltre al completo. Potete mandarlo di nuovo?\n",
        sender=PERSON,
        subject="R: Invito",
        more=f"In-Reply-To: <{OURS}>\n",
    ),
    "a parcel that was not delivered": message(
        "Gentile cliente,\nla consegna del tuo pacco non è riuscita: indirizzo del destinatario "
        f"non valido.\n\nDestinatario: {WE}\n\nAggiorna i dati entro 24 ore: "
        "https://pacchi.invalid/a\n",
        sender="Corriere <noreply@pacchi.invalid>",
        subject="Mancata consegna del pacco 8831",
    ),
    "a trickster who says that our box is full": message(
        f"Gentile {WE},\n\nla tua casella di posta è piena: quota superata (98%).\nAlcuni messaggi "
        "in arrivo non sono stati recapitati. Aumenta lo spazio: https://posta.invalid/login\n",
        sender="Amministratore <assistenza@posta.invalid>",
        subject="Avviso: spazio della casella esaurito",
    ),
    "a trickster who withholds our mail": message(
        f"Dear {WE},\n\n5 incoming messages could not be delivered to your inbox due to a mailbox "
        "error.\n\nRelease messages: https://posta.invalid/release\n",
        sender="Mail Server <no-reply@posta.invalid>",
        subject="Delivery failure: 5 pending messages",
    ),
    "an office that opens a ticket": message(
        f"La sua richiesta è stata registrata con il numero 8841.\nRichiedente: {WE}\n\nNon "
        "rispondere a questa e-mail.\n",
        sender="Assistenza <noreply@ticket.example>",
        subject="[#8841] Invito",
        more="Auto-Submitted: auto-generated\n",
    ),
    "an office that is away and sends the letter back": message(
        "Sono assente dall'ufficio. La casella non è presidiata.\n\n----- Messaggio originale "
        f"-----\n{RETURNED}",
        sender=PERSON,
        subject="Risposta automatica: Invito",
        more="Auto-Submitted: auto-replied\n",
    ),
    "a provider that speaks of its own upkeep": message(
        "Gentile cliente, nella notte del 20 settembre i server di posta non saranno "
        f"raggiungibili per manutenzione. Per informazioni: assistenza@posta.example ({WE}).",
        sender="Servizio di posta <assistenza@posta.example>",
        subject="Manutenzione programmata",
    ),
}
