"""What the environment makes of the security settings, in a process of its own."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

ASK = """
import json
from config import settings
names = ["REQUIRE_SECOND_FACTOR", "SESSION_COOKIE_AGE", "SESSION_COOKIE_SECURE",
         "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS",
         "SECURE_PROXY_SSL_HEADER", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", "PASSWORD_DAYS"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


def settings_with(**environment: str) -> dict[str, Any]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("YONGKE_")}
    clean["YONGKE_VAR"] = os.environ.get("YONGKE_VAR", "var")
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        env=clean | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_production_asks_for_everything() -> None:
    assert settings_with(YONGKE_SITE_URL="https://kj.example.cn", YONGKE_PROXY_COUNT="1") == {
        "REQUIRE_SECOND_FACTOR": True,
        "SESSION_COOKIE_AGE": 1800,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": False,
        "PASSWORD_DAYS": 90,
    }


def test_demo_works_over_plain_http_without_a_second_factor() -> None:
    demo = settings_with(YONGKE_DEMO="1")

    assert demo["REQUIRE_SECOND_FACTOR"] is False
    assert demo["SESSION_COOKIE_SECURE"] is False
    assert demo["SECURE_PROXY_SSL_HEADER"] is None


@pytest.mark.parametrize(("minutes", "seconds"), [("5", 900), ("20", 1200), ("600", 1800)])
def test_idle_time_out_stays_within_the_standard(minutes: str, seconds: int) -> None:
    assert settings_with(YONGKE_IDLE_MINUTES=minutes)["SESSION_COOKIE_AGE"] == seconds
