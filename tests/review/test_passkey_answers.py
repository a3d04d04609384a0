"""What an authenticator's answer must not be."""

import json

import pytest

from review.errors import WrongPasskey
from review.passkeys import Place, check_known, check_new, credential_of
from storage.factors import Passkey
from tests.review.seeding import NOW

PLACE = Place(host="localhost", origin="http://localhost:8000")
KEPT = Passkey(credential_id="AAAA", login="hanh", public_key="AAAA", sign_count=0, name="x", made_at=NOW, used_at=None)


@pytest.mark.parametrize(
    "answer",
    [
        "", "null", "[]", "{}", '{"rawId": 1}', '{"rawId": null}', "x" * 10_000, '{"rawId": "é"}', "\x00",
        json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}),
        json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "e30"}}),
        json.dumps({"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"clientDataJSON": "e30",
                    "authenticatorData": "AAAA", "signature": "AAAA", "attestationObject": "AAAA"}}),
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_refused_and_nothing_breaks(answer: str) -> None:
    with pytest.raises(WrongPasskey):
        check_known(PLACE, "AAAA", answer, KEPT)
    with pytest.raises(WrongPasskey):
        check_new(PLACE, "AAAA", answer)


@pytest.mark.parametrize("answer", ["", "null", "[]", "{}", '{"rawId": "é"}', '{"raw": "AAAA"}'])
def test_an_answer_without_a_credential_names_none(answer: str) -> None:
    with pytest.raises(WrongPasskey):
        credential_of(answer)
