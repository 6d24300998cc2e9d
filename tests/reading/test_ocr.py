from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from service.errors import ModelsMissing
from service.reading import ocr
from service.reading.boxes import crop
from service.reading.document import Box
from service.reading.image import Prepared, prepare
from service.reading.ocr import Engine, model_folder
from tests.reading.scans import PIXEL, PROSE, noisy, prose, rule, sealed, sheet, turned

FIGURES = ("1", "7", "12.50", "100.00%", "1,234,567.89", "≥95%", "2024年12月", "0")
WIDE = FIGURES[2:]  # a digit alone is found by its ink, not by the detector


def texts(lines: list[ocr.OcrLine]) -> list[str]:
    return ["".join(line.text.split()) for line in lines]


def test_prose_is_read_to_the_letter(engine: Engine) -> None:
    read = "".join(texts(engine.read(prepare(prose(7), engine))))
    assert read.translate(str.maketrans(",;:", "，；：")) == "".join(PROSE)


def test_the_figures_of_a_table_are_read_to_the_digit(engine: Engine) -> None:
    image = sheet([(84 + 80 * i, 104 + 22 * r, figure) for r in range(3) for i, figure in enumerate(WIDE)])
    for i in range(7):
        rule(image, 78 + 80 * i, 98, 78 + 80 * i, 164)
    for r in range(4):
        rule(image, 78, 98 + 22 * r, 558, 98 + 22 * r)
    for page in (image, noisy(image), turned(image, 1.3)[0]):
        assert Counter(texts(engine.read(prepare(page, engine)))) == Counter(WIDE * 3)


def test_each_character_stands_where_it_is_printed(engine: Engine) -> None:
    text = "完成改造小区12个"
    (line,) = engine.read(Prepared(sheet([(100, 100, text)], size=12)))
    assert line.text == text
    wide = 12 * PIXEL
    for i, char in enumerate(line.chars[:6]):
        centre = 100 * PIXEL + (i + 0.5) * wide
        assert char.x0 - 0.2 * wide < centre < char.x1 + 0.2 * wide
        assert char.x1 - char.x0 < 1.5 * wide
    assert all(a.x1 <= b.x0 + 1e-6 for a, b in zip(line.chars, line.chars[1:], strict=False))
    assert line.box.y0 <= 103 * PIXEL
    assert line.box.y1 >= 110 * PIXEL


def test_characters_carry_their_runners_up(engine: Engine) -> None:
    lines = engine.read(Prepared(noisy(prose(7), 70)))
    chars = [c for line in lines for c in line.chars]
    assert any(c.alternatives for c in chars)
    for char in chars:
        assert len(char.alternatives) <= 3
        assert char.confidence + sum(p for _, p in char.alternatives) <= 1.001
        assert all(0 < p <= char.confidence + 1e-6 for _, p in char.alternatives)


def test_words_of_neighbouring_cells_are_not_run_together(engine: Engine) -> None:
    image = sheet([(101, 104, "数量指标"), (145, 104, "质量指标"), (189, 104, "时效指标")])
    for x in (100, 144, 188, 232):
        rule(image, x, 96, x, 122)
    for y in (96, 122):
        rule(image, 100, y, 232, y)
    assert texts(engine.read(prepare(image, engine))) == ["数量指标", "质量指标", "时效指标"]


def test_stacked_characters_are_read_from_top_to_bottom(engine: Engine) -> None:
    stack = "产出指标"
    image = sheet([(104, 104 + 14 * i, c) for i, c in enumerate(stack)] + [(140, 120, "完成老旧小区改造数量")])
    for x in (100, 120, 300):
        rule(image, x, 96, x, 172)
    lines = engine.read(prepare(image, engine))
    column = [line for line in lines if line.box.x1 < 125 * PIXEL]
    assert "".join(texts(column)) == stack
    assert [line.box.y0 for line in column] == sorted(line.box.y0 for line in column)


@pytest.mark.parametrize(("steps", "turn"), [(3, 90), (1, 270)])
def test_a_line_that_runs_sideways_is_read_and_says_so(steps: int, turn: int, engine: Engine) -> None:
    image = prose(21)
    margin = sheet([(4, 4, "本表由项目单位填写")], page=(110, 20))
    piece = np.rot90(margin, steps)
    image[900 : 900 + piece.shape[0], 40 : 40 + piece.shape[1]] = piece
    (line,) = [n for n in engine.read(prepare(image, engine)) if n.turn]
    assert (line.text, line.turn) == ("本表由项目单位填写", turn)
    assert all((c.x0, c.x1) == (line.box.x0, line.box.x1) for c in line.chars)


def test_text_under_a_seal_is_read_and_marked(engine: Engine) -> None:
    lines = engine.read(prepare(sealed(prose(), 300, 300), engine))
    wanted = {t.translate(str.maketrans("，；：", ",;:")) for t in PROSE}
    read = [t.translate(str.maketrans("，；：", ",;:")) for t in texts(lines)]
    assert len(read) == 21
    assert set(read) == wanted
    assert any(line.sealed > 0.05 for line in lines)
    assert all(line.sealed == 0 for line in lines if line.box.y0 > 380 * PIXEL)


def test_given_boxes_are_read_without_looking_for_text(engine: Engine) -> None:
    page = Prepared(sheet([(100, 100, "12.50"), (200, 100, "达成预期指标")]))
    boxes = [Box(x0 * PIXEL, 99 * PIXEL, x1 * PIXEL, 114 * PIXEL) for x0, x1 in ((98, 132), (198, 266), (400, 450))]
    first, second, nothing = engine.read_crops(page, [*boxes[:2], boxes[2]])
    assert first is not None
    assert second is not None
    assert (first.text, second.text, nothing) == ("12.50", "达成预期指标", None)
    assert first.box == boxes[0]
    assert engine.read_crops(page, [Box(-9, -9, -1, -1)]) == [None]
    assert engine.read_crops(page, []) == []


def test_a_blank_page_has_no_lines(engine: Engine) -> None:
    assert engine.read(prepare(np.full((800, 600, 3), 255, np.uint8), engine)) == []


def test_padding_a_short_line_less_than_paddleocr_changes_no_character(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = noisy(sheet([(80 + 90 * (i % 5), 80 + 25 * (i // 5), FIGURES[i % 8]) for i in range(60)]), 20)
    crops = [crop(page, box) for box in engine.detect(page)]
    narrow = ["".join(r.text.split()) for r in engine.recognise(crops)]
    monkeypatch.setattr(ocr, "_NARROWEST", 320)
    assert ["".join(r.text.split()) for r in engine.recognise(crops)] == narrow


@pytest.mark.slow
def test_a_page_is_read_at_least_as_well_as_by_paddleocr(engine: Engine) -> None:
    from paddleocr import PaddleOCR

    folder = model_folder()
    paddle = PaddleOCR(
        text_detection_model_name=ocr.DETECTOR,
        text_detection_model_dir=str(folder / ocr.DETECTOR),
        text_recognition_model_name=ocr.RECOGNISER,
        text_recognition_model_dir=str(folder / ocr.RECOGNISER),
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": 1},
        device="cpu",
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )
    wanted = Counter(list(PROSE) * 3)
    for page in (prose(), noisy(prose(), 60)):
        (result,) = paddle.predict(page, text_det_limit_side_len=960, text_det_limit_type="max")
        theirs, ours = Counter(result["rec_texts"]), Counter(line.text for line in engine.read(Prepared(page)))
        assert (ours & wanted).total() >= (theirs & wanted).total()


# Models


def test_models_are_written_once_and_whole(tmp_path: Path) -> None:
    with ProcessPoolExecutor(3) as pool:
        folders = list(pool.map(model_folder, [tmp_path] * 3))
    assert len(set(folders)) == 1
    assert [p.name for p in tmp_path.iterdir()] == [folders[0].name]
    before = (folders[0] / ocr.DETECTOR / "inference.onnx").stat().st_mtime_ns
    assert (model_folder(tmp_path) / ocr.DETECTOR / "inference.onnx").stat().st_mtime_ns == before


def test_a_half_written_folder_is_written_again(tmp_path: Path) -> None:
    folder = model_folder(tmp_path)
    (folder / ocr.RECOGNISER / "inference.onnx").write_bytes(b"half")
    assert (model_folder(tmp_path) / ocr.RECOGNISER / "inference.onnx").stat().st_size > 1_000_000


def test_a_missing_model_is_an_error_that_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "MODEL_PACKAGE", "no_such_package")
    with pytest.raises(ModelsMissing, match="no_such_package"):
        Engine().read(Prepared(np.full((100, 100, 3), 255, np.uint8)))


def test_reading_asks_nothing_of_the_network_and_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    image = tmp_path / "page.png"
    cv2.imwrite(str(image), prose(3))
    program = f"""
import socket
def refuse(*args, **kwargs):
    raise SystemExit("network: " + repr(args[1:]))
socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = socket.getaddrinfo = refuse
import cv2
from pathlib import Path
from service.reading.image import Prepared
from service.reading.ocr import Engine
print(len(Engine(models=Path({str(tmp_path)!r})).read(Prepared(cv2.imread({str(image)!r})))))
"""
    home = tmp_path / "home"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PADDLE")} | {"HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.split()[-1] == "3"
    assert not home.exists()
