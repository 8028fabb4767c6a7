import json
from pathlib import Path

import pytest

from service.model import ModelError, load_model

MODEL = Path("model/model.json")


def test_reads_the_model_of_the_repository() -> None:
    model = load_model(MODEL)
    assert model.labels == ("calm", "busy", "in_trouble")
    assert model.digest.startswith("sha256:")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"weights": [[1.0]]}, "do not fit"),
        ({"bias": "much"}, "holds no model"),
        ({"features": None}, "holds no model"),
        ({"bias": [float("nan"), 0.0, 0.0]}, "finite"),
    ],
)
def test_refuses_a_file_whose_parts_do_not_fit(
    tmp_path: Path, change: dict[str, object], says: str
) -> None:
    file = tmp_path / "model.json"
    file.write_text(json.dumps({**json.loads(MODEL.read_text()), **change}))
    with pytest.raises(ModelError, match=says):
        load_model(file)


def test_does_not_overflow_on_great_numbers() -> None:
    model = load_model(MODEL)
    [one] = model.predict([{name: 1e6 for name in model.features}])
    assert sum(one.probabilities.values()) == pytest.approx(1)
