"""Accounts, roles, sessions of staff: clerks, security officers, auditors, operators; apart from people's."""
