"""Slips of recognition mended where there is only one way to mend them. Pure functions.

Figures are only ever mended in their form: a letter among digits, full-width digits, a comma of the wrong script.
Words of the forms' headers are matched in spite of slips where they are looked for (assembling.vocabulary).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from service.reading.document import Char, Line

_TOKEN = re.compile(r"[0-9A-Za-z|.,，。．·:：%％‰]+")
# Forms are printed in simplified characters: a traditional one is the recogniser's slip.
_TRADITIONAL = str.maketrans(
    "預調執績標級數實際總額項資財體應單門評價結餘轉產滿質時濟會態響務對達營開關費補貼購設備訓員長業農專節環護養醫療館動場報審監檢測險貧幫個萬億減較計劃規範製確認證組織綜經維續線絡統約縣"
    "區鎮鄉廠車輛運輸進遠選過還這邊適層處導幹廣庫張強彈徑後復從慮懷戶掃採換損擔據擬擴斷曆書東條構樓機權歲決沒淨溝滅漁潔灣災無熱燈爭獎現畫異當發盡眾礎種稱穩競筆簽糧紀納細終給緊編練罰義習"
    "聯職聽臺與興舉舊艱藝藥蓋複見視觀訂記許訪話該試詢語誤說課談請論講識議讓負責貨貫貴買貸賽贈趙踐躍軍軌軟輕載輔連週遊違遞遷郵鄰釋針鋪錢錄錯鐵閉間閱陳陽隊階隨雙雜離難電順須頒領頭題願類顧"
    "風飛飯飲驗魚鮮鳥齊齡內並兩冊則剛創協參團國圍園圖塊學寫屬島崗帶幣廢徵戰擇撥擁擾攜敗檔歡歷氣淺準爐狀獨獲盜盤磚禮積稅窮紙純綠緣縮繳羅膠臨葉蘇虛號術衛覽詞詳誌諮謝譜變貢賬贏趨跡輪辦鋼雲頁頻駐驅黨",
    "预调执绩标级数实际总额项资财体应单门评价结余转产满质时济会态响务对达营开关费补贴购设备训员长业农专节环护养医疗馆动场报审监检测险贫帮个万亿减较计划规范制确认证组织综经维续线络统约县"
    "区镇乡厂车辆运输进远选过还这边适层处导干广库张强弹径后复从虑怀户扫采换损担据拟扩断历书东条构楼机权岁决没净沟灭渔洁湾灾无热灯争奖现画异当发尽众础种称稳竞笔签粮纪纳细终给紧编练罚义习"
    "联职听台与兴举旧艰艺药盖复见视观订记许访话该试询语误说课谈请论讲识议让负责货贯贵买贷赛赠赵践跃军轨软轻载辅连周游违递迁邮邻释针铺钱录错铁闭间阅陈阳队阶随双杂离难电顺须颁领头题愿类顾"
    "风飞饭饮验鱼鲜鸟齐龄内并两册则刚创协参团国围园图块学写属岛岗带币废征战择拨拥扰携败档欢历气浅准炉状独获盗盘砖礼积税穷纸纯绿缘缩缴罗胶临叶苏虚号术卫览词详志咨谢谱变贡账赢趋迹轮办钢云页频驻驱党",
)
_FULL_WIDTH = {ord(c): chr(ord(c) - 0xFEE0) for c in "０１２３４５６７８９．％"}
_LETTERS = frozenset("Ool|I")


def repair_figures(text: str) -> str:
    """`text` with the slips inside its numbers mended; words, codes and signs are left as they are.

    A token counts as a number if it holds two digits or more and nothing but digits, their separators and the letters
    O, l, I and | in places where a digit must stand.
    """
    return _TOKEN.sub(lambda found: _mend(found.group()), text.translate(_FULL_WIDTH))


def _mend(token: str) -> str:
    digits = sum(c.isdigit() for c in token)
    letters = [c for c in token if c.isalpha() or c == "|"]
    if digits < 2 or any(c not in _LETTERS for c in letters) or len(letters) >= digits:
        return token
    mended = re.sub(r"(?<=[\d.,])[Oo]|\b[Oo](?=\.\d)", "0", token)
    mended = re.sub(r"(?<=[\d.,])[lI|](?=[\d.,%])|\b[l|](?=\d)|(?<=\d\.\d)[lI|]\b", "1", mended)
    mended = re.sub(r"(?<=\d)[。．·](?=\d)", ".", mended)
    mended = re.sub(r"(?<=\d)，(?=\d{1,2}[%％])", ".", mended)
    mended = re.sub(r"(?<=\d)\.(?=\d{3}[.,]\d)", ",", mended)
    mended = re.sub(r"(?<=,\d{3})\.(?=\d{3}(?!\d))", ",", mended)
    # Without decimals behind it, 100，200 may be two numbers.
    return re.sub(r"(?<=\d)，(?=\d{3}(?:[，,]\d{3})*\.\d)", ",", mended)


_HANZI = "[\u3400-\u9fff]"
_PER_MILLE = re.compile(r"(?:^|(?<=\d))[%％][0oO○](?![\d.%])")
_STOP_FOR_COMMA = re.compile(rf"(?<={_HANZI})(?<![一二三四五六七八九十])[.．](?={_HANZI})")


_BARRED = {">": "≥", "＞": "≥", "<": "≤", "＜": "≤"}
_AT_LEAST_OR_MOST = frozenset("≥≤⩾⩽≧≦")
_LEAST_BAR = 0.01  # probability; a bar that is not there is given less
_LEAST_LIKELY = 0.5  # of what replaces a reading
_BARRED_TO_BARE = 20.0  # how much more often targets are written with the bar


def repair_punctuation(text: str) -> str:
    """`text` with the full stops between two hanzi as the commas they were; 一.总体情况 keeps its stop."""
    return _STOP_FOR_COMMA.sub("，", text)


def repair_script(text: str) -> str:
    """`text` with its traditional characters as the simplified ones that they stand for."""
    return text.translate(_TRADITIONAL)


def repair_comparator(char: Char) -> Char:
    """A > or < whose bar was nearly seen as the ≥ or ≤ that forms print far more often."""
    barred = _BARRED.get(char.text)
    seen = sum(p for text, p in char.alternatives if text in _AT_LEAST_OR_MOST)
    if barred is None or seen < _LEAST_BAR:
        return char
    odds = _BARRED_TO_BARE * seen
    likely = max(_LEAST_LIKELY, odds / (odds + char.confidence))
    others = ((char.text, char.confidence), *(a for a in char.alternatives if a[0] not in _AT_LEAST_OR_MOST))
    return replace(char, text=barred, confidence=likely, alternatives=others)


# A character of a figure, what it may be instead, where, and from which probability on that is the likelier reading.
_RIVALS = (
    ("8", "%", re.compile(r"(?<=\d\d)8(?!\d)"), 0.05),  # three digits of a rate are too many
    ("8", "%", re.compile(r"(?<=\.\d)8(?!\d)"), 0.3),
    (".", ",", re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))"), 0.1),
    (",", ".", re.compile(r"(?<=\d),(?=\d{1,2}(?!\d))"), 0.05),
)


def repair_rivals(chars: Sequence[Char]) -> list[Char]:
    """Characters of figures that the recogniser nearly read as the one that figures have in their place."""
    mended = list(chars)
    for read, meant, place, least in _RIVALS:
        for found in place.finditer("".join(c.text for c in mended)):
            char = mended[found.start()]
            rival = next((p for text, p in char.alternatives if text == meant), 0.0)
            if rival >= least:
                others = ((read, char.confidence), *(a for a in char.alternatives if a[0] != meant))
                mended[found.start()] = replace(char, text=meant, confidence=_LEAST_LIKELY, alternatives=others)
    return mended


def repair_per_mille(chars: Sequence[Char]) -> list[Char]:
    """Characters with ‰ where it was read as two ("4%0", "4%o")."""
    mended = list(chars)
    for found in reversed(list(_PER_MILLE.finditer("".join(c.text for c in chars)))):
        sign, ring = mended[found.start() : found.end()]
        mended[found.start() : found.end()] = [replace(sign, text="‰", x1=ring.x1, confidence=_LEAST_LIKELY)]
    return mended


def repair_line(line: Line) -> Line:
    """A recognised line with its figures, comparators and punctuation mended, each character in its place."""
    likely = repair_rivals(repair_per_mille(line.chars))
    mended = repair_script(repair_punctuation(repair_figures("".join(c.text for c in likely))))
    chars = tuple(
        repair_comparator(char if char.text == text else replace(char, text=text))
        for char, text in zip(likely, mended, strict=True)
    )
    return line if chars == line.chars else replace(line, chars=chars, repaired=True)
