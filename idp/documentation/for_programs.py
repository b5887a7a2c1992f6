"""What programs read first: `llms.txt` (llmstxt.org) and the sitemap (sitemaps.org)."""

import posixpath
from collections.abc import Callable
from html import escape

from idp.documentation.editions import Edition
from idp.documentation.navigation import LANGUAGES

Address = Callable[[str, str], str]
"""Of a language and a path."""


def llms(edition: Edition, address: Address) -> str:
    lines = [
        "# Yitong (一通)",
        "",
        "> An OpenID Connect provider for public services: people sign in with their ID number, organisations"
        " with their licence, at a level that the service asks for. Every page below is plain Markdown; in"
        " Chinese, put zh-CN instead of en into its address.",
        "",
    ]
    for section in edition.sections:
        lines += [f"## {section.names['en']}", ""]
        for path in section.paths:
            lines.append(f"- [{edition.pages['en'][path].title}]({address('en', path)})")
        lines.append("")
    return "\n".join(lines)


def sitemap(edition: Edition, address: Address) -> str:
    entries = []
    for path in edition.paths:
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{escape(address(tag, path))}"/>'
            for tag in LANGUAGES
        )
        entries += [f"<url><loc>{escape(address(tag, path))}</loc>{others}</url>" for tag in LANGUAGES]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
        f"{''.join(entries)}</urlset>\n"
    )


def resolved(path: str, target: str) -> str:
    """Where a relative link of the page at `path` leads to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
