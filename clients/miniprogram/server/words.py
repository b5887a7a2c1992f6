"""The few words of the pages in the web-view, in three languages."""

from collections.abc import Mapping
from typing import Final

from werkzeug.datastructures import LanguageAccept

LOCALES: Final = ("zh-CN", "zh-Hant", "en")
TRADITIONAL: Final = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")
TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "zh-CN": {
        "title": "返回小程序",
        "signed_in": "登录成功",
        "signed_out": "已退出登录",
        "not_signed_in": "没有登录成功",
        "going_back": "正在返回小程序……",
        "look_there": "请返回小程序，查看原因后重试。",
        "back": "返回小程序",
        "outside": "请在微信中打开小程序，再从小程序里登录。",
    },
    "zh-Hant": {
        "title": "返回小程式",
        "signed_in": "登入成功",
        "signed_out": "已登出",
        "not_signed_in": "沒有登入成功",
        "going_back": "正在返回小程式……",
        "look_there": "請返回小程式，查看原因後重試。",
        "back": "返回小程式",
        "outside": "請在微信中打開小程式，再從小程式裡登入。",
    },
    "en": {
        "title": "Back to the mini-program",
        "signed_in": "You are signed in",
        "signed_out": "You are signed out",
        "not_signed_in": "You are not signed in",
        "going_back": "Going back to the mini-program…",
        "look_there": "Go back to the mini-program. It says why, and you can try again.",
        "back": "Back to the mini-program",
        "outside": "Open the mini-program in WeChat, and sign in from there.",
    },
}


def best(accepted: LanguageAccept) -> str:
    """Simplified Chinese, unless another is asked for."""
    for wanted in accepted.values():
        tag = wanted.lower()
        if tag.startswith(TRADITIONAL):
            return "zh-Hant"
        if tag.startswith("zh"):
            return "zh-CN"
        if tag.startswith("en"):
            return "en"
    return LOCALES[0]
