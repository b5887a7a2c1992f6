"""What honest people do that looks like an attack. All of it goes on in every town, whatever is planted."""

from collections.abc import Callable, Iterator

from idp.sandbox.traffic.draws import Draws
from idp.sandbox.traffic.happenings import Script
from idp.sandbox.traffic.noise import businesses, counters, crowds, mishaps, newcomers, outages, staff, travel
from idp.sandbox.traffic.rhythm import Span
from idp.sandbox.traffic.town import Town

Noise = Callable[[Town, Draws, Span], Iterator[Script]]
ALL: dict[str, Noise] = {
    "school": crowds.school_lesson,
    "cafe": crowds.internet_cafe,
    "village_helper": crowds.village_helper,
    "grandmother": mishaps.grandmother,
    "forgotten_password": mishaps.forgotten_password,
    "restored_phone": mishaps.restored_phone,
    "sent_twice": mishaps.sent_twice,
    "unasked_requests": mishaps.unasked_requests,
    "enrolments": newcomers.enrolments,
    "enrolment_day": newcomers.enrolment_day,
    "licences": businesses.licences,
    "bookkeepers": businesses.bookkeepers,
    "wrong_release": outages.wrong_release,
    "silent_register": outages.silent_register,
    "expired_licences": outages.expired_licences,
    "plane": travel.plane,
    "carrier": travel.carrier,
    "busy_window": counters.busy_window,
    "kiosk": counters.kiosk,
    "casework": staff.casework,
    "large_case": staff.large_case,
    "own_test": staff.own_test,
}
