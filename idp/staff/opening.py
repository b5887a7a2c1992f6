"""Staff accounts as the settings and the master keys make them, for pages and for the command line."""

from idp.crypto.fields import BlindIndex, FieldCipher
from idp.crypto.master_key import MasterKeys
from idp.settings import Staff
from idp.staff.accounts import KEY_USE, StaffAccounts


def open_accounts(
    settings: Staff, master_keys: MasterKeys, cipher: FieldCipher, index: BlindIndex
) -> StaffAccounts:
    key = master_keys.derived(KEY_USE)
    return StaffAccounts(cipher, index, key, activation_hours=settings.activation_code_hours)
