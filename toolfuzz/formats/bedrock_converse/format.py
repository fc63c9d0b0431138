"""Amazon Bedrock Converse: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html."""

from toolfuzz.formats.laws import laws_beside
from toolfuzz.formats.protocol import Headers, Traits, WireFormat, bearer

from .clients import READERS
from .framing import EVENT_STREAM
from .read import plain, stream
from .request import cap, looks_like, merge, path, read_body, temperature, write
from .serve import SERVING
from .signing import KEY_ENV, authorized
from .snippet import curl_options, python

__all__ = ["FORMAT"]


def _sign(url: str, body: bytes, key: str | None) -> Headers:
    return authorized(url, {"content-type": "application/json"}, body, key)


FORMAT = WireFormat(
    title="Amazon Bedrock Converse",
    docs="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html",
    key_env=KEY_ENV,
    traits=Traits(
        arguments="object",
        id_prefix="tooluse_",
        closes=True,
        gated=True,
        serial=False,
        forbids=False,
    ),
    framing=EVENT_STREAM,
    path=path,
    headers=bearer,
    sign=_sign,
    write=write,
    merge=merge,
    cap=cap,
    temperature=temperature,
    read_body=read_body,
    looks_like=looks_like,
    roots=("output",),
    plain=plain,
    stream=stream,
    laws=laws_beside(__file__),
    serving=SERVING,
    readers=READERS,
    python=python,
    curl_options=curl_options,
)
