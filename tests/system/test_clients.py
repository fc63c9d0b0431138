import pytest

from toolfuzz.core.errors import UsageError
from toolfuzz.system.clients import http_client


@pytest.mark.parametrize("proxy", ["odd://user:CANARY@host", "http://[::"])
def test_a_proxy_that_is_none_is_said_without_its_password(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(UsageError, match="the proxy that the environment names") as caught:
        http_client()
    assert "CANARY" not in str(caught.value)
    assert "HTTP_PROXY" in (caught.value.hint or "")
