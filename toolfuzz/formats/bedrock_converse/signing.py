"""Who asks: a Bedrock API key, or AWS credentials that sign each request (Signature Version 4).

https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
"""

import os
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from toolfuzz.core.errors import UsageError

__all__ = ["KEY_ENV", "authorized", "region_named"]

KEY_ENV = "AWS_BEARER_TOKEN_BEDROCK"
_SERVICE = "bedrock"
_OURS = ("X-Amz-Date", "X-Amz-Security-Token", "Authorization")
_AWS_HOST = re.compile(
    r"bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.|api\.(?:aws|amazonwebservices\.))"
)


def authorized(
    url: str, headers: Mapping[str, str], body: bytes, key: str | None
) -> dict[str, str]:
    """Return the headers that say who asks: a bearer key, a signature, or none.

    Without a key a request over https is signed; one over plain http (the simulator, a gateway on
    one's own machine) is not. Credentials are found as every AWS client finds them: environment,
    AWS_PROFILE and the shared files, SSO, container, instance. Raises UsageError with the next
    step when there are none, when botocore isn't installed, or when nothing names the region.
    """
    if key:
        return {"authorization": f"Bearer {key}"}
    if urlsplit(url).scheme != "https":
        return {}
    return _signed(url, headers, body)


def region_named(url: str) -> str:
    """Return the AWS region that a URL or, for hosts of one's own, the environment names, or ""."""
    found = _AWS_HOST.search(urlsplit(url).hostname or "")
    return found[1] if found else _from_environment("AWS_REGION", "AWS_DEFAULT_REGION")


def _from_environment(*names: str) -> str:
    return next((value for name in names if (value := os.environ.get(name))), "")


def _signed(url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
    region = region_named(url)
    if not region:
        raise UsageError(
            f"no AWS region for {url}", "export AWS_REGION=us-east-1, or the region you use"
        )
    credentials = _credentials()
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    request = AWSRequest("POST", url, dict(headers), body)
    SigV4Auth(credentials.get_frozen_credentials(), _SERVICE, region).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items() if name in _OURS}


@cache
def _credentials() -> Any:
    """Return botocore's credentials, which renew themselves; looked up once a process."""
    key = f"export {KEY_ENV}=… (a Bedrock API key)"
    try:
        from botocore.session import Session
    except ImportError:
        raise UsageError(
            "Amazon Bedrock needs an API key, or botocore to sign requests with AWS credentials",
            f"{key}, or: pip install 'toolfuzz[bedrock]'",
        ) from None
    from botocore.exceptions import BotoCoreError

    try:
        found = Session().get_credentials()
    except BotoCoreError as error:
        raise UsageError(f"AWS credentials can't be read: {error}", key) from None
    if found is None:
        raise UsageError("no AWS credentials were found", f"{key}, or: aws configure")
    return found
