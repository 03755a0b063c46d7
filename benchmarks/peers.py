"""What a person would use instead, measured on the same messages and the same smtp-sink.

smtplib in a loop (standard library), mailmerge (PyPI) and nodemailer pooled (npm), each where it
can be had; they are installed into a temporary folder and nowhere else. nodemailer is the one to be
measured against: it is set up once, and then sends turn by turn with ours.
"""

import smtplib
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path

MAILMERGE, NODEMAILER = "mailmerge==2.3.0", "nodemailer"
ATTACHMENT = "programma.pdf"
NOT_HERE = (OSError, subprocess.SubprocessError, ValueError)
"""What is raised where a peer cannot be had."""

_MESSAGES = 300

_NODE = """
const nodemailer = require("nodemailer");
const fs = require("fs");
const [port, count, attachment] = [+process.argv[2], +process.argv[3], process.argv[4]];
const content = fs.readFileSync(attachment);
const transport = nodemailer.createTransport({
  host: "127.0.0.1", port, secure: false, ignoreTLS: true, pool: true,
  maxConnections: 10, maxMessages: Infinity,
});
const started = process.hrtime.bigint();
const one = (n) => transport.sendMail({
  from: "segreteria@ente.example", to: `protocollo@comune${n}.example`, subject: "Invito",
  text: "Caro Sindaco", html: "<p>Caro Sindaco</p>",
  attachments: [{ filename: "programma.pdf", content }],
});
Promise.all(Array.from({ length: count }, (_, n) => one(n))).then(() => {
  console.log(Number(process.hrtime.bigint() - started) / 1e9);
  transport.close();
});
"""


def all_of(folder: Path, port: int) -> dict[str, float]:
    """Return the messages a second of every peer that can be had here, but nodemailer's."""
    peers: dict[str, Callable[[Path, int], float]] = {
        "smtplib loop": _smtplib,
        "mailmerge 2.3.0": _mailmerge,
    }
    rates = {}
    for name, measure in peers.items():
        try:
            rates[name] = measure(folder, port)
        except NOT_HERE as error:
            print(f"{name}: not to be had here ({type(error).__name__})")
    return rates


def _smtplib(folder: Path, port: int) -> float:
    """Compose with the standard library and send over one connection."""
    from email.message import EmailMessage

    content = (folder / ATTACHMENT).read_bytes()
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for number in range(_MESSAGES):
            message = EmailMessage()
            message["From"] = "segreteria@ente.example"
            message["To"] = f"protocollo@comune{number}.example"
            message["Subject"] = "Invito"
            message.set_content("Caro Sindaco\n")
            message.add_alternative("<p>Caro Sindaco</p>\n", subtype="html")
            message.add_attachment(
                content, maintype="application", subtype="pdf", filename="programma.pdf"
            )
            client.send_message(message)
    return _MESSAGES / (time.perf_counter() - started)


def _mailmerge(folder: Path, port: int) -> float:
    """Install mailmerge aside and let it send; its own start-up is taken away."""
    home = folder / "mailmerge"
    venv.create(home, with_pip=True)
    python = home / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", MAILMERGE]
    subprocess.run(install, check=True, capture_output=True)
    (folder / "mailmerge_server.conf").write_text(
        f"[smtp_server]\nhost = 127.0.0.1\nport = {port}\nsecurity = Never\nusername = x\n"
    )
    (folder / "mailmerge_template.txt").write_text(
        "TO: {{email}}\nSUBJECT: Invito\nFROM: segreteria@ente.example\n"
        "ATTACHMENT: programma.pdf\n\nCaro Sindaco\n"
    )
    rows = "\n".join(f"protocollo@comune{number}.example" for number in range(_MESSAGES))
    (folder / "mailmerge_database.csv").write_text(f"email\n{rows}\n")
    command = [str(python.with_name("mailmerge")), "--no-dry-run"]

    def seconds(*words: str) -> float:
        started = time.perf_counter()
        subprocess.run([*command, *words], check=True, cwd=folder, capture_output=True, timeout=120)
        return time.perf_counter() - started

    start_up = seconds("--limit", "1")
    return (_MESSAGES - 1) / (seconds("--no-limit") - start_up)


def nodemailer(folder: Path) -> Callable[[int, int], float]:
    """Install nodemailer aside; what is given sends so many to a port, and tells the seconds.

    Ten connections; its own start-up is taken away. Raises one of ``NOT_HERE``.
    """
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", NODEMAILER]
    subprocess.run(install, check=True, cwd=folder, capture_output=True, timeout=120)
    (folder / "peer.js").write_text(_NODE)

    def send(port: int, count: int) -> float:
        printed = subprocess.run(
            ["node", "peer.js", str(port), str(count), ATTACHMENT],
            check=True, cwd=folder, capture_output=True, text=True, timeout=240,
        ).stdout  # fmt: skip
        return float(printed)

    return send
