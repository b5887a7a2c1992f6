"""A mail server of the tests': takes one mail a connection, over TLS, and says what it is told to say."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from tests.servers import certificate_for

NAME = "localhost"


@dataclass
class MailServer:
    """`refuses`: what it says to a command, or to the mail itself (`.`), in the place of yes."""

    implicit: bool = True
    offers_tls: bool = True
    refuses: dict[str, str] = field(default_factory=dict)
    port: int = 0
    trusted: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    commands: list[str] = field(default_factory=list)
    """Each with whether it came in plain."""
    mails: list[bytes] = field(default_factory=list)


@contextmanager
def serving(folder: Path, server: MailServer) -> Iterator[MailServer]:
    certificate, key = certificate_for(NAME)
    file = folder / "mail.pem"
    file.write_bytes(certificate + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.trusted = ssl.create_default_context(cadata=certificate.decode("ascii"))

    class Talk(StreamRequestHandler):
        def handle(self) -> None:
            self.is_safe = False
            if server.implicit:
                self.wrap()
            self.say("220 mail.test")
            while line := self.rfile.readline().decode("ascii").strip():
                word = line.split()[0].upper()
                server.commands.append(word if self.is_safe else f"{word} in plain")
                if not self.obey(word):
                    return

        def obey(self, word: str) -> bool:
            if word in server.refuses:
                self.say(server.refuses[word])
                return word != "QUIT"
            if word == "EHLO":
                offers = ["250-AUTH PLAIN"] if self.is_safe else ["250-STARTTLS"] * server.offers_tls
                self.say("\r\n".join(["250-mail.test", *offers, "250 SMTPUTF8"]))
            elif word == "STARTTLS":
                self.say("220 go on")
                self.wrap()
            elif word == "DATA":
                self.say("354 go on")
                server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.say(server.refuses.get(".", "250 taken"))
            else:
                self.say({"AUTH": "235 known", "QUIT": "221 bye"}.get(word, "250 yes"))
            return word != "QUIT"

        def finish(self) -> None:
            super().finish()
            self.connection.close()

        def wrap(self) -> None:
            self.rfile.close()
            self.connection = self.request = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.is_safe = True

        def say(self, line: str) -> None:
            self.connection.sendall(f"{line}\r\n".encode("ascii"))

    class Quiet(ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that hangs up on a certificate is what some tests are about."""

    with Quiet(("127.0.0.1", 0), Talk) as listening:
        server.port = listening.server_address[1]
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
