"""The blueprint of the room, and what none of its pages takes."""

from typing import Any

from flask import Blueprint

from idp.nul import refuse_nul


class Room(Blueprint):
    """Knows which of its addresses are those of forms alone, where a reload finds no page; programs' are
    none of them."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._posted: dict[str, None] = {}
        self._shown: set[str] = set()

    def add_url_rule(self, rule: str, *given: Any, **options: Any) -> None:
        super().add_url_rule(rule, *given, **options)
        is_a_programs = getattr(options.get("view_func", given[-1] if given else None), "csrf_exempt", False)
        if "POST" not in options.get("methods", ()):
            self._shown.add(rule)
        elif not is_a_programs:
            self._posted[rule] = None

    @property
    def of_forms_alone(self) -> tuple[str, ...]:
        return tuple(rule for rule in self._posted if rule not in self._shown)


blueprint = Room("developer", __name__, url_prefix="/developer")
blueprint.before_request(refuse_nul)
