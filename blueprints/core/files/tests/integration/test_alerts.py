"""Alerts over a real mail server and a real webhook, both on this machine."""

import json
import smtplib
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from ml_platform.alerts import notify, require_channels
from ml_platform.config import AlertSettings, MailSettings
from ml_platform.errors import SettingsInvalid
from ml_platform.settings import load_settings

pytestmark = pytest.mark.deliverable("code-structure")
HOST = "127.0.0.1"


class Mailbox(socketserver.StreamRequestHandler):
    """As much of SMTP as a sender needs."""

    received: list[str]

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        body = False
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            if body:
                body = line != "."
                self.received.append(line)
                answer = b"" if body else b"250 taken\r\n"
            elif line.upper().startswith("DATA"):
                body, answer = True, b"354 go on\r\n"
            elif line.upper().startswith("QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                answer = b"250 ok\r\n"
            self.wfile.write(answer)


class Webhook(BaseHTTPRequestHandler):
    """Keeps what is posted."""

    received: list[str]
    status = 200

    def do_POST(self) -> None:
        self.received.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def mailbox() -> Iterator[tuple[int, list[str]]]:
    handler: Any = type("Handler", (Mailbox,), {"received": []})
    with socketserver.TCPServer((HOST, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], handler.received
        server.shutdown()


@pytest.fixture(params=[200, 500])
def webhook(request: pytest.FixtureRequest) -> Iterator[tuple[int, int, list[str]]]:
    handler: Any = type("Handler", (Webhook,), {"received": [], "status": request.param})
    with HTTPServer((HOST, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield request.param, server.server_port, handler.received
        server.shutdown()


def test_mail_and_slack_are_sent_and_a_failing_channel_hides_nothing(
    root: Path,
    mailbox: tuple[int, list[str]],
    webhook: tuple[int, int, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    status, port, posted = webhook
    monkeypatch.setenv("HOOK", f"http://{HOST}:{port}/hook")
    mail = MailSettings(host=HOST, port=mailbox[0], starttls=False, recipients=("team@example.org",))
    alerts = AlertSettings(mail=mail, slack_variable="HOOK")
    settings = load_settings("local", root).model_copy(update={"alerts": alerts})
    delivered = notify(settings, "train failed", "no positives", "critical")
    assert delivered == (["mail", "slack"] if status == 200 else ["mail"])
    assert "Subject: [critical] train failed" in mailbox[1]
    assert "no positives" in json.loads(posted[0])["text"]
    line = json.loads((root / "reports" / "alerts.jsonl").read_text(encoding="utf-8"))
    assert (line["delivered"], list(line["failed"])) == (delivered, [] if status == 200 else ["slack"])


def test_a_webhook_without_encryption_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "http://hooks.example.org")
    settings = load_settings("local", root).model_copy(update={"alerts": AlertSettings(slack_variable="HOOK")})
    assert notify(settings, "title", "text") == []


def test_mail_logs_in_where_a_user_is_given(
    root: Path, mailbox: tuple[int, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ML_PLATFORM_SMTP_USER", "user")
    mail = MailSettings(host=HOST, port=mailbox[0], starttls=True, recipients=("team@example.org",))
    with pytest.raises(smtplib.SMTPNotSupportedError), smtplib.SMTP(HOST, mailbox[0]) as server:
        server.starttls()
    # This server offers no encryption, so nothing may be sent to it.
    settings = load_settings("local", root).model_copy(update={"alerts": AlertSettings(mail=mail)})
    assert notify(settings, "title", "text") == []
    plain = AlertSettings(mail=mail.model_copy(update={"starttls": False}))
    assert notify(settings.model_copy(update={"alerts": plain}), "title", "text") == []


def test_outside_local_nothing_starts_without_channels(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings("prod", root)
    with pytest.raises(SettingsInvalid, match="ML_PLATFORM_SLACK_WEBHOOK"):
        require_channels(settings)
    monkeypatch.setenv("ML_PLATFORM_SLACK_WEBHOOK", "https://hooks.example.org/x")
    monkeypatch.setenv("ML_PLATFORM__ALERTS__MAIL__HOST", "mail.example.org")
    # Mail without a sender of one's own is refused by servers, and then nobody hears of a failure.
    with pytest.raises(SettingsInvalid, match=r"set alerts\.mail\.sender, alerts\.mail\.recipients;"):
        require_channels(load_settings("prod", root))
    monkeypatch.setenv("ML_PLATFORM__ALERTS__MAIL__SENDER", "platform@example.org")
    monkeypatch.setenv("ML_PLATFORM__ALERTS__MAIL__RECIPIENTS", '["team@example.org"]')
    require_channels(load_settings("prod", root))
    without = settings.alerts.model_copy(update={"slack_variable": None})
    with pytest.raises(SettingsInvalid, match="slack_variable"):
        require_channels(settings.model_copy(update={"alerts": without}))
