"""Samples of the sandbox's own pages: its telephone, and people of one's own."""

from datetime import UTC, datetime
from typing import Any

NOW = datetime(2026, 11, 22, 8, 10, tzinfo=UTC)
LONG = "【一通】验证码 123456，5 分钟内有效。工作人员不会向您索要验证码。" * 3
PHONE: dict[str, Any] = {
    "to": "+8619900000001",
    "url": "/sandbox/phone/abcdefghijklmnopqrstuv",
    "code": "123456",
    "messages": [{"sent_at": NOW, "text": LONG}, {"sent_at": NOW, "text": "https://id.example/" + "x" * 90}],
}
MAIL = {**PHONE, "to": "a-very-long-mail-address-of-somebody@mail.somewhere.example", "code": None}
MADE = {
    "name": "林样甲",
    "number": "00000019800229123X",
    "phone": "+8619901000001",
    "phone_url": "/sandbox/phone/abcdefghijklmnopqrstuv",
}
SANDBOX_ROOM: dict[str, tuple[str, dict[str, Any]]] = {
    "phone": ("sandbox/phone.html", {"own": [PHONE, MAIL], "phones": [PHONE, MAIL]}),
    "phone, scanned": (
        "sandbox/phone.html",
        {"scanned": {"text": "https://id.example/device?user_code=WDJB-MJHT&x=" + "y" * 60, "is_ours": True}},
    ),
    "phone, scanned elsewhere": (
        "sandbox/phone.html",
        {"scanned": {"text": "weixin://" + "z" * 80, "is_ours": False}, "error": "No QR code could be read."},
    ),
    "phone, one": ("sandbox/phone.html", {"only": PHONE}),
    "phone, one of nobody": (
        "sandbox/phone.html",
        {"only": {"to": "", "url": None, "code": None, "messages": []}},
    ),
    "own person": ("sandbox/own_person.html", {}),
    "own person, wrong": (
        "sandbox/own_person.html",
        {"errors": {"password": "This password is among those that are guessed first."}, "error": "Full."},
    ),
    "own person, made": ("sandbox/own_person.html", {"made": MADE}),
    "own person, made without a telephone": (
        "sandbox/own_person.html",
        {"made": {**MADE, "phone": None, "phone_url": None}},
    ),
}
