"""The rules of the promotion, each of which the model can do without: what spin must find then."""

#: Left out, each of these leads to two serving hosts, to an epoch that goes back, or to a healthy host that is fenced.
GUILTY = {
    "MAYBE_IN_GUARD": "the guard asks who is active, and not who else may be serving",
    "MISSING_IS_NOT_FREE": "a missing record of the arbiter reads as free",
    "FAILED_READ_IS_NO": "the guard lets pass when the arbiter cannot be asked",
    "HOST_LOCK": "a service fence does not end the target's own fo-promote",
    "CONFIRMATION": "a fence that failed or timed out counts as success",
    "BOOT_ID": "the guard's note outlives a reboot",
    "ASKING_THE_RECORD": "resume believes its journal alone",
    "CLAIM_AS_TRANSACTION": "the claim reads first and writes later",
    "RECHECK": "nobody looks once more before a fence",
    "CLAIMANT": "a claim is known by its number alone, which a wiped and adopted record may give again",
    "GUARDED_REMOVAL": "whoever was fenced is struck off the record without a look at whose claim it carries",
    "COMMIT_COMPARE": "the commit does not compare what the record carries",
    "DNS_COMPARE": "a change of DNS does not compare what was read",
}

#: With the record in the mark in DNS (-DIN_DNS), where no lock keeps a second promoter waiting.
GUILTY_IN_DNS = {
    "FENCING_THE_CLAIMANT": "a later claim takes the earlier claimant off the list instead of fencing it",
    "MAYBE_IN_GUARD": GUILTY["MAYBE_IN_GUARD"],
    "CLAIM_AS_TRANSACTION": GUILTY["CLAIM_AS_TRANSACTION"],
    "RECHECK": GUILTY["RECHECK"],
    "GUARDED_REMOVAL": GUILTY["GUARDED_REMOVAL"],
    "COMMIT_COMPARE": GUILTY["COMMIT_COMPARE"],
    "DNS_COMPARE": GUILTY["DNS_COMPARE"],
}


def option(rule):
    return f"-DWITHOUT_{rule}"
