"""python3 scripts/webhooks.py FILE: verifies the webhooks of a file with the library for Python. Called by scripts/webhooks."""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

FORGED = "whsec_" + "Bw" * 21 + "c="


def is_refused(secret, body, headers):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return True
    return False


with open(sys.argv[1], encoding="utf-8") as file:
    saved = json.load(file)
for message in saved["received"]:
    secret = saved["secrets"][message["path"]]
    body, headers = message["body"], message["headers"]
    assert Webhook(secret).verify(body, headers) == json.loads(body)
    assert is_refused(secret, body + " ", headers)
    assert is_refused(secret, body, {**headers, "webhook-id": headers["webhook-id"] + "0"})
    assert is_refused(FORGED, body, headers)
print(f"{len(saved['received'])} messages are verified by the library for Python")
