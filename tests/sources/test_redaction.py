"""What is masked: real secrets, however they are spelled, and no word that is none."""

import base64
import json
import time

import pytest

from toolfuzz.core.events import ExchangeRecorded
from toolfuzz.core.exchange import Attempt, Exchange
from toolfuzz.core.verdict import Finding, Verdict
from toolfuzz.sources.redaction import Redaction, kept_headers

KEY = "sk/12345+67890=="


def masked(text, key=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Redaction(key, named).text(text)


@pytest.mark.parametrize(
    "spelled",
    [
        KEY,
        KEY.replace("/", "\\/"),
        KEY.replace("/", "\\\\\\/"),
        "\\u0073k\\/12345+67890==",
        "".join(f"\\u{ord(c):04X}" for c in KEY),
        "sk\\\\u002f12345\\\\u002B67890==",
        "sk%2F12345%2B67890%3D%3D",
        "sk%2f12345%2b67890%3d%3d",
    ],
    ids=range(8),
)
def test_a_key_is_masked_as_text_json_and_urls_spell_it(spelled):
    assert masked(f'"bad key {spelled}!"', KEY) == f'"bad key {"*" * len(spelled)}!"'


def test_a_key_with_quotes_is_masked_inside_json():
    key = 'a"b\\c-1234567'
    body = json.dumps({"error": f"unknown key {key}"})
    assert "1234567" not in masked(body, key)


@pytest.mark.parametrize(
    "header",
    [
        "X-Route: anthropic",
        "X-Auth-Provider: anthropic",
        "X-Portkey-Provider: anthropic",
        "X-Max-Tokens: anthropic",
        "X-Monkey: anthropic",
        "X-Title: anthropic",
        "User-Agent: anthropic",
        "OpenAI-Organization: anthropic",
    ],
)
def test_a_word_in_a_header_that_holds_no_credential_stays(header):
    """A reply must not lose a word because a header's name merely sounds like a credential's."""
    name, _, value = header.partition(": ")
    assert Redaction("sk-1234567890", {name: value}).text(f"by {value}") == f"by {value}"


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("Proxy-Authorization: Bearer 0123456789", "0123456789"),
        ("X-Forwarded-Authorization: 0123456789", "0123456789"),
        ("X-Api-Key: 0123456789", "0123456789"),
        ("api-key: 0123456789", "0123456789"),
        ("X-Goog-Api-Key: 0123456789", "0123456789"),
        ("x-portkey-virtual-key: 0123456789", "0123456789"),
        ("Ocp-Apim-Subscription-Key: 0123456789", "0123456789"),
        ("X-Amz-Security-Token: FwoGZXIvYXdz", "FwoGZXIvYXdz"),
        ("X_Auth_Token: 0123456789", "0123456789"),
        ("X-ApiKey: 0123456789", "0123456789"),
        ("Cf-Access-Client-Secret: 0123456789", "0123456789"),
        ("Cookie: theme=dark; session=0123456789", "0123456789"),
    ],
)
def test_headers_that_carry_credentials(header, secret):
    name, _, value = header.partition(": ")
    masked = Redaction(None, {name: value}).text(f"you sent {secret}")
    assert masked == f"you sent {'*' * len(secret)}"


def test_user_and_password_of_the_basic_scheme_are_masked_as_they_are_meant():
    headers = {"Authorization": "Basic " + base64.b64encode(b"alice:correct-horse").decode()}
    for said in ("alice:correct-horse", "correct-horse"):
        assert Redaction(None, headers).text(f"you are {said}") == f"you are {'*' * len(said)}"
    assert Redaction(None, {"Authorization": "Basic no base64!"}).text("no base64!") == "no base64!"


@pytest.mark.parametrize("before", ["", "x", "xy", "Bearer "])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_a_key_is_masked_in_base64_wherever_it_stands_there(before, encode):
    key = "sk?>12345+67890~~"
    for text in (f"{before}{key}", f"{before}{key} and more"):
        code = encode(text.encode()).decode()
        for spelled in (code, code.replace("/", "\\/")):
            left = masked(f'"{spelled}"', key)
            assert len(left) == len(spelled) + 2
            known = left.strip('"').replace("\\", "").replace("*", "A")
            rest = base64.b64decode(known.translate(str.maketrans("-_", "+/")) + "==")
            assert not any(key[n : n + 3].encode() in rest for n in range(len(key) - 2))


def test_headers_that_the_user_marks():
    headers = {"X-Gate": "gate-0123", "X-Title": "title-0123"}
    text = Redaction(None, headers, ["x-gate"]).text("gate-0123 title-0123")
    assert text == "********* title-0123"


def test_a_scheme_is_no_secret():
    """``AWS4-HMAC-SHA256`` may stand in any reply."""
    assert masked("AWS4-HMAC-SHA256", Authorization="AWS4-HMAC-SHA256 Credential=abcdefgh") == (
        "AWS4-HMAC-SHA256"
    )


def test_the_names_of_cookies_and_placeholders_stay():
    assert masked("analytics EMPTY", "EMPTY", Cookie="analytics=1") == "analytics EMPTY"


def test_a_secret_across_a_border_of_chunks_keeps_their_sizes():
    chunks = ((1.0, b"key sk-01234"), (2.0, b"56789 end"))
    masked = Redaction("sk-0123456789", {}).attempt(Attempt(0.0, 1.0, 2.0, 200, {}, chunks))
    assert masked.chunks == ((1.0, b"key ********"), (2.0, b"***** end"))
    assert not masked.withheld


@pytest.mark.parametrize("at", [0, 9, 256 * 1024 - 20, 256 * 1024 - 8, 256 * 1024])
def test_a_secret_in_a_long_text_is_masked_wherever_it_lies(at):
    """A text is searched in windows; also where escapes begin in one and end in the next."""
    for spelled in (
        KEY,
        KEY.replace("/", "\\" * 30 + "/"),
        base64.b64encode(KEY.encode()).decode(),
    ):
        before, after = "x" * at, "%" * 300_000
        left = masked(before + spelled + after + spelled, KEY)
        hidden = left[at : at + len(spelled)]
        assert set(hidden[:-4]) == set(left[-len(spelled) : -4]) == {"*"}
        assert (left[:at], len(left)) == (before, at + 2 * len(spelled) + len(after))


def test_a_secret_that_was_cut_off_is_masked_at_the_end():
    for body, left in ((b'{"k": "sk-01234567', b'{"k": "***********'), (b"\\u0073k-0123456", b"")):
        attempt = Attempt(0.0, 1.0, 2.0, 200, {}, ((1.0, body),))
        masked = Redaction("sk-0123456789", {}).attempt(attempt).body
        assert masked == (left or b"*" * len(body))


def test_what_is_spelled_too_deep_to_be_masked_is_withheld():
    """Each character of an escape is escaped: two levels of JSON give the key."""
    inner = "".join(f"\\u{ord(c):04x}" for c in KEY)
    body = ('{"a": "' + "".join(f"\\u{ord(c):04x}" for c in inner) + '"}').encode()
    attempt = Attempt(0.0, 1.0, 2.0, 200, {}, ((1.0, body),))
    masked = Redaction(KEY, {}).attempt(attempt)
    assert masked.withheld and masked.body == b"*" * len(body)


@pytest.mark.parametrize("unit", ["\\", "u005c", "\\u005c", "s\\", "sk/1\\", "u0073", "%73", "~"])
def test_masking_is_linear(unit):
    text = "%" + unit * (1_000_000 // len(unit))
    began = time.process_time()
    assert masked(text, KEY) == text
    # Processor time; 0.1 s on an idle machine, an hour when each backslash begins anew.
    assert time.process_time() - began < 3


@pytest.mark.parametrize("part", [KEY[:10], base64.b64encode(KEY.encode()).decode()[:14]])
def test_parts_of_a_secret_are_masked_where_one_leaked(part):
    finding = Finding("no-call", "error", "wire", f"quoted {part}…")
    verdict = Verdict("c", "t", 0, False, "fail", (finding,))
    redaction = Redaction(KEY, {})
    assert redaction.verdict(verdict) == verdict
    (masked_,) = redaction.verdict(verdict, leaked=True).findings
    assert masked_.message == f"quoted {'*' * len(part)}…"


@pytest.mark.parametrize("turn", [0, 1])
def test_a_secret_over_parts_of_a_history_is_masked_in_a_later_turns_request(turn):
    """A service may want each part of a reply back as it came; a first turn holds none."""
    parts = [{"type": "text", "text": text} for text in ("It is", KEY[:5], KEY[5:7], KEY[7:])]
    request = {"messages": [{"role": "model", "parts": parts}], "limit": 8}
    exchange = Exchange("c", turn, "t", 0, False, request, ())
    kept = Redaction(KEY, {}).event(ExchangeRecorded(exchange)).exchange.request
    shown = [KEY[:5], KEY[5:7], KEY[7:]] if turn == 0 else ["*****", "**", "*" * len(KEY[7:])]
    assert [part["text"] for part in kept["messages"][0]["parts"]] == ["It is", *shown]
    assert kept["limit"] == 8


def test_headers_are_kept_by_an_allow_list():
    kept = kept_headers({"Set-Cookie": "a=b", "X-Request-Id": "r1", "Retry-After": "3", "X-E": "1"})
    assert kept == {"x-request-id": "r1", "retry-after": "3"}
