"""Tells people about failures by mail and Slack; whatever happens, the alert is also kept in reports/alerts.jsonl."""

import json
import os
import smtplib
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Literal

from ml_platform.config import AlertSettings
from ml_platform.errors import SettingsInvalid
from ml_platform.files import append_line
from ml_platform.logs import get_logger
from ml_platform.settings import Settings

Severity = Literal["info", "warning", "critical"]
FILE = "alerts.jsonl"


def notify(settings: Settings, title: str, text: str, severity: Severity = "warning") -> list[str]:
    """Sends one alert on every configured channel and returns the names of those that took it.

    A channel that fails is logged and recorded, never raised: the failure that is being reported must stay visible.
    """
    alerts = settings.alerts
    channels: dict[str, Callable[[], None]] = {}
    if alerts.mail.host:
        channels["mail"] = lambda: _mail(alerts, title, text, severity)
    if alerts.slack_variable:
        channels["slack"] = lambda: _slack(alerts, title, text, severity)
    delivered: list[str] = []
    failed: dict[str, str] = {}
    log = get_logger("alerts", environment=settings.environment)
    for name, send in channels.items():
        try:
            send()
            delivered.append(name)
        except (OSError, smtplib.SMTPException, SettingsInvalid) as error:
            failed[name] = str(error)
            log.error("alert not delivered", channel=name, title=title, reason=str(error))
    append_line(
        settings.path(settings.paths.reports) / FILE,
        {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "title": title,
            "text": text,
            "severity": severity,
            "delivered": delivered,
            "failed": failed,
        },
    )
    return delivered


def require_channels(settings: Settings) -> None:
    """Refuses to go on where alerts are required and either channel lacks what it needs; raises SettingsInvalid."""
    alerts = settings.alerts
    if not alerts.required:
        return
    missing = [f"alerts.mail.{name}" for name in ("host", "sender", "recipients") if not getattr(alerts.mail, name)]
    if alerts.slack_variable is None:
        missing.append("alerts.slack_variable")
    elif not os.environ.get(alerts.slack_variable):
        missing.append(f"the environment variable {alerts.slack_variable}")
    if missing:
        raise SettingsInvalid(
            f"no stage runs in {settings.environment} without alerts: set {', '.join(missing)}; "
            "docs/troubleshooting.md says how"
        )


def _mail(alerts: AlertSettings, title: str, text: str, severity: Severity) -> None:
    mail = alerts.mail
    message = EmailMessage()
    message["Subject"] = f"[{severity}] {title}"
    # Outside local no stage starts without a sender; here the team writes to itself.
    message["From"] = mail.sender or mail.recipients[0]
    message["To"] = ", ".join(mail.recipients)
    message.set_content(text)
    with smtplib.SMTP(mail.host or "", mail.port, timeout=alerts.timeout_seconds) as server:
        if mail.starttls:
            server.starttls()
        user = os.environ.get(mail.user_variable)
        if user:
            server.login(user, os.environ.get(mail.password_variable, ""))
        server.send_message(message)


def _slack(alerts: AlertSettings, title: str, text: str, severity: Severity) -> None:
    address = os.environ.get(alerts.slack_variable or "", "")
    if not address.startswith(("https://", "http://127.0.0.1")):
        raise SettingsInvalid(f"expected an https webhook in {alerts.slack_variable}")
    body = json.dumps({"text": f"*[{severity}] {title}*\n{text}"}).encode()
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
        address, data=body, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=alerts.timeout_seconds):  # noqa: S310
        pass
