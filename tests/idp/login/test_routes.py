from tests.idp.login.visitor import Site

SHOW_NO_PAGE = {
    "login.passkey_options",
    "login.face_frames",
    "login.enrol_face_frames",
    "login.enrol_passkey_options",
    "login.licence_app_scan",
    "login.licence_app_confirm",
    "login.licence_app_refuse",
    "login.licence_app_status",
    "account.passkey_options",
    "account.answer_request",
    "account.sign_out",
    "account.withdraw_consent",
    "account.withdraw_face_consent",
    "account.withdraw_face_keeping",
}


def test_every_page_that_follows_a_form_can_be_loaded_again(site: Site) -> None:
    """The language switch, and a reload in the address bar, GET the address that a form was sent to."""
    rules = [
        rule for rule in site.app.url_map.iter_rules() if rule.endpoint.startswith(("login.", "account."))
    ]
    readable = {rule.rule for rule in rules if rule.methods and "GET" in rule.methods}
    # `/login/face/start` is read as the page of a session that is not there.
    readable |= {rule.replace("<session_id>", "start") for rule in readable}
    posted = {
        rule.rule for rule in rules if rule.endpoint not in SHOW_NO_PAGE and "POST" in (rule.methods or ())
    }
    assert posted - readable == set()
