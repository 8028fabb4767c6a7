"""An application with the model that is in the repository."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.settings import Settings


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = create_app(Settings())
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
