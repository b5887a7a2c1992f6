"""Pages of the documentation, with everything that Markdown brings along."""

from types import SimpleNamespace

from idp.documentation.excerpts import excerpt, marked
from idp.documentation.rendering import Words, render
from idp.documentation.searching import Found, Place
from idp.documentation.words import asked_by

MARKDOWN = """\
# 升级认证与 `acr_values`

先读[等级](levels.md)，再看[规范](https://openid.net/)；不认识的[链接](none.md)只剩文字。

> 表单里已提交的内容，一去一回就没有了。

## 一行很长的代码

```python
def authorize_redirect(request, redirect_uri, acr_values="urn:yitong:acr:3", prompt="none"):  # 长行
    return f"{request.issuer}/oauth2/authorize?acr_values={acr_values}&redirect_uri={redirect_uri}"
```

## 很宽的表

| | 参数 | 说明 | 本服务的取值 |
|---|---|---|---|
| 1 | `backchannel_authentication_request_signing_alg_values_supported` | 签名算法 | `ES256` |

### 列表

1. 第一
2. **第二**
   - 其中之一

## 结尾
"""
SHOWN = render(
    MARKDOWN,
    {"levels.md": "/docs/zh-CN/guides/levels"}.get,
    Words(anchor="链接到", table="表格", code="代码", copy="复制", copied="已复制"),
)
LAYOUT: dict[str, object] = {
    "home_address": "/docs/zh-CN/",
    "sections": [
        {
            "name": "指南",
            "pages": [
                {"title": "等级", "address": "/docs/zh-CN/guides/levels", "is_here": False},
                {
                    "title": "升级认证与很长很长很长很长的标题",
                    "address": "/docs/zh-CN/guides/step-up",
                    "is_here": True,
                },
            ],
        }
    ],
    "edition": SimpleNamespace(version="0.1.0"),
    "is_current": True,
    "current_address": "/docs/zh-CN/guides/step-up",
    "versions": [
        {"version": "0.1.0", "address": "/docs/zh-CN/"},
        {"version": "0.0.9", "address": "/docs/0.0.9/zh-CN/"},
    ],
    "languages": [
        {"tag": "zh-CN", "name": "简体中文", "address": "/docs/zh-CN/", "current": True},
        {"tag": "en", "name": "English", "address": "/docs/en/", "current": False},
    ],
    "search_address": "/docs/zh-CN/search",
}
PAGE: dict[str, object] = {
    "shown": SHOWN,
    "title": "升级认证",
    "written_in": "zh-CN",
    "previous": {"title": "等级", "address": "/docs/zh-CN/guides/levels"},
    "following": None,
    "markdown_address": "/docs/zh-CN/guides/step-up.md",
    **LAYOUT,
}
ASKED = asked_by("等级")


def found(heading: str, n: int, language: str) -> dict[str, object]:
    text = "要的是等级，不是人脸；<b>登录</b>之后再证明一次。" * 9
    place = Place("guides/levels", "等级", heading, "", language, text)
    shown = Found(place, marked("等级", ASKED), marked(heading, ASKED), excerpt(text, ASKED))
    return {"found": shown, "address": f"/docs/zh-CN/{n}", "written_in": language}


RESULTS = [found(heading, n, "zh-CN") for n, heading in enumerate(("", "要哪一级？"))]
OTHERS = [found("", 3, "en")]
NOTHING: dict[str, object] = {
    "results": [],
    "others": [],
    "elsewhere": [{"tag": "en", "name": "English", "address": "/docs/en/search?q=b"}],
    **LAYOUT,
}
DOCUMENTATION: dict[str, tuple[str, dict[str, object]]] = {
    "documentation": ("documentation/page.html", PAGE),
    "documentation, older version": (
        "documentation/page.html",
        {**PAGE, "is_current": False, "written_in": "en"},
    ),
    "documentation, search": ("documentation/search.html", {"query": "", **NOTHING}),
    "documentation, found": (
        "documentation/search.html",
        {**NOTHING, "query": "等级", "results": RESULTS, "others": OTHERS},
    ),
    "documentation, nothing found": ("documentation/search.html", {"query": "<b>", **NOTHING}),
}
