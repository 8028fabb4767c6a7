import json
from pathlib import Path

from service.app import create_app
from service.settings import Settings


def test_the_description_in_the_repository_is_the_one_of_the_service() -> None:
    written = json.loads(Path("openapi.json").read_text())
    assert create_app(Settings()).openapi() == written, "run: make openapi"
