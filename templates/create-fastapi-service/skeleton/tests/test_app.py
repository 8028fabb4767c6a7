import logging

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.model import ModelError
from service.settings import Settings

CALM = {"requests_per_second": 10, "error_ratio": 0.0, "latency_seconds": 0.05}
TROUBLE = {"requests_per_second": 10, "error_ratio": 0.6, "latency_seconds": 2.0}


def test_predicts_in_the_order_of_the_request(client: TestClient) -> None:
    answer = client.post("/v1/predictions", json={"instances": [CALM, TROUBLE]})
    assert answer.status_code == 200
    body = answer.json()
    assert body["modelVersion"] == "1"
    assert [one["label"] for one in body["predictions"]] == ["calm", "in_trouble"]
    for one in body["predictions"]:
        assert sum(one["probabilities"].values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"instances": []}, "instances"),
        ({"instances": [CALM] * 101}, "instances"),
        ({"instances": [{**CALM, "error_ratio": "high"}]}, "instances.0.error_ratio"),
        (
            {"instances": [{"error_ratio": 0.1}]},
            "instances[0] lacks requests_per_second",
        ),
        ({"instances": [{**CALM, "colour": 1}]}, "instances[0] has unknown colour"),
        ({}, "instances"),
    ],
)
def test_says_what_is_wrong_with_a_request(
    client: TestClient, body: dict[str, object], says: str
) -> None:
    answer = client.post("/v1/predictions", json=body, headers={"X-Request-Id": "r-1"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]
    assert answer.json()["requestId"] == "r-1"


def test_refuses_what_is_no_number(client: TestClient) -> None:
    answer = client.post(
        "/v1/predictions",
        content='{"instances": [{"error_ratio": NaN}]}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422


def test_explains_unknown_addresses_and_methods(client: TestClient) -> None:
    assert client.get("/nothing").json()["title"] == "Not Found"
    answer = client.get("/v1/predictions")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"


def test_replaces_an_id_that_could_forge_a_log_line(client: TestClient) -> None:
    answer = client.get("/healthz", headers={"X-Request-Id": "a b"})
    assert answer.headers["X-Request-Id"] != "a b"


def test_is_ready_only_between_start_and_stop() -> None:
    app = create_app(Settings())
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 200
        app.state.service.ready = False
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200


def test_counts_requests_by_route(client: TestClient) -> None:
    client.post("/v1/predictions", json={"instances": [CALM]})
    client.get("/nothing")
    text = client.get("/metrics").text
    assert (
        'http_request_duration_seconds_count{code="200",method="POST",route="/v1/predictions"} 1.0'
        in text
    )
    assert 'http_requests_total{code="200",method="POST",route="/v1/predictions"} 1.0' in text
    assert 'route="other"' in text
    assert 'model_info{digest="sha256:' in text


def test_does_not_start_without_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_PATH", "model/none.json")
    with (
        pytest.raises(ModelError, match=r"none\.json cannot be read"),
        TestClient(create_app(Settings())),
    ):
        pass


def test_answers_500_and_keeps_going_when_the_model_fails(
    client: TestClient,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(_self: object, _rows: object) -> None:
        raise RuntimeError("out of luck")

    with monkeypatch.context() as patched, caplog.at_level(logging.ERROR):
        patched.setattr("service.model.Model.predict", fail)
        answer = client.post("/v1/predictions", json={"instances": [CALM]})
    assert answer.status_code == 500
    assert "out of luck" not in answer.text
    assert client.post("/v1/predictions", json={"instances": [CALM]}).status_code == 200
