"""Every error that a user can meet: what went wrong, and what to do about it.

`code` is stable and part of the public interface; `http_status` is what the service answers; `retryable` says whether
the same input may succeed when tried again. Each class holds its text in Chinese, which reports and the service show,
and in English; fields in braces are given when it is raised: `raise TooManyPages(pages=3000, limit=500)`.
"""

from __future__ import annotations

from string import Formatter
from typing import Any, ClassVar, Literal

Language = Literal["zh", "en"]


class JixiaoError(Exception):
    """The root. Only its subclasses that carry a code of their own are raised."""

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    zh: ClassVar[str] = "处理失败。"
    en: ClassVar[str] = "The work failed."

    def __init__(self, **details: Any) -> None:
        self.details: dict[str, Any] = dict.fromkeys(self.fields(), "?") | details
        super().__init__(self.text("en"))

    @classmethod
    def fields(cls) -> list[str]:
        """Names of the details that the texts mention."""
        return sorted({name for text in (cls.zh, cls.en) for _, name, _, _ in Formatter().parse(text) if name})

    def text(self, language: Language) -> str:
        return (self.zh if language == "zh" else self.en).format(**self.details)

    @property
    def message(self) -> str:
        """The Chinese text: reports and the service are read by Chinese clerks."""
        return self.text("zh")

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross from the reading process to the caller's; keyword arguments need help to be pickled.
        return _rebuild, (type(self), self.details)


def _rebuild(kind: type[JixiaoError], details: dict[str, Any]) -> JixiaoError:
    return kind(**details)


class InputError(JixiaoError):
    """The file cannot be read as it is; the same bytes will fail again."""

    code = "input_refused"
    http_status = 422
    zh = "文件无法读取。"
    en = "The file cannot be read."


class UnreadableFile(InputError):
    code = "unreadable_file"
    zh = "文件打不开（{reason}）。请检查路径和读取权限。"
    en = "The file cannot be opened ({reason}). Check its path and your right to read it."


class EmptyFile(InputError):
    code = "empty_file"
    zh = "文件是空的（0 字节）。请重新导出或重新上传原文件。"
    en = "The file is empty (0 bytes). Export or upload the original again."


class UnsupportedFile(InputError):
    code = "unsupported_file"
    http_status = 415
    zh = "不支持的文件类型{found}。请使用 PDF，或 PNG、JPEG、TIFF、BMP、WebP 图片；Word、Excel 文件请先另存为 PDF。"
    en = (
        "This type of file is not read{found}. Use a PDF, or a PNG, JPEG, TIFF, BMP or WebP image; "
        "save Word and Excel files as PDF first."
    )


class DamagedFile(InputError):
    code = "damaged_file"
    zh = "文件已损坏，无法修复（{reason}）。请重新导出、重新扫描或重新上传原文件。"
    en = "The file is damaged beyond repair ({reason}). Export, scan or upload the original again."


class EncryptedFile(InputError):
    code = "encrypted_file"
    zh = "文件已加密。请提供打开密码（命令行用 --password），或另存一份不加密的文件。"
    en = "The file is encrypted. Give its password (--password on the command line), or save a copy without one."


class WrongPassword(InputError):
    code = "wrong_password"
    zh = "密码不正确。请核对打开密码后重试。"
    en = "The password is wrong. Check it and try again."


class TooLarge(InputError):
    code = "too_large"
    http_status = 413
    zh = "文件有 {megabytes} MB，超过 {limit} MB 的上限。请拆分文件，或由管理员调高 JIXIAO_MAX_BYTES。"
    en = "The file has {megabytes} MB; the limit is {limit} MB. Split it, or raise JIXIAO_MAX_BYTES."


class TooManyPages(InputError):
    code = "too_many_pages"
    http_status = 413
    zh = (
        "文件有 {pages} 页，超过 {limit} 页的上限。请拆分文件，用 --pages 选取一部分，或由管理员调高 JIXIAO_MAX_PAGES。"
    )
    en = (
        "{pages} pages are more than the limit of {limit}. Split the file, choose some with --pages, "
        "or raise JIXIAO_MAX_PAGES."
    )


class NoPages(InputError):
    code = "no_pages"
    zh = "文件里没有页面。请确认导出完整。"
    en = "The file holds no page. Check that it was exported whole."


class NoSuchPages(InputError):
    code = "no_such_pages"
    zh = "所选页码 {wanted} 不存在：文件共 {pages} 页。请改正 --pages。"
    en = "Pages {wanted} do not exist: the file has {pages}. Correct --pages."


class PageError(JixiaoError):
    """One page could not be read. A file of which other pages were read gives a report with this as a warning."""

    code = "page_error"
    http_status = 422
    zh = "第 {page} 页无法读取。"
    en = "Page {page} could not be read."


class PageFailed(PageError):
    """The program's own defect on one page."""

    code = "page_failed"
    zh = "第 {page} 页没有读成（程序错误：{reason}）。请对照原件补录这一页，并把文件发给维护者。"
    en = "Page {page} was not read (a defect: {reason}). Enter it by hand, and send the file to the maintainers."


class PageDamaged(PageError):
    code = "page_damaged"
    zh = "第 {page} 页已损坏（{reason}）。请重新导出或重新扫描这一页。"
    en = "Page {page} is damaged ({reason}). Export it or scan it again."


class LimitError(PageError):
    """A page would take more time, memory or room than one page may."""

    code = "page_limit"
    zh = "第 {page} 页超出处理上限。"
    en = "Page {page} exceeds a limit."


class PageTooLarge(LimitError):
    code = "page_too_large"
    zh = "第 {page} 页太大（{size}），上限为 {limit}。请按 A4 或 A3 重新导出，或以 200 dpi 重新扫描。"
    en = "Page {page} is too large ({size}); the limit is {limit}. Export it as A4 or A3, or scan it again at 200 dpi."


class PageTimeout(LimitError):
    code = "page_timeout"
    zh = "第 {page} 页在 {seconds} 秒内没有读完。请把这一页打印后重新扫描，或由管理员调高 JIXIAO_PAGE_SECONDS。"
    en = "Page {page} was not read within {seconds} s. Print and scan it, or raise JIXIAO_PAGE_SECONDS."


class PageMemory(LimitError):
    code = "page_memory"
    zh = "读取第 {page} 页需要的内存超过 {limit} MB。请降低扫描分辨率，或由管理员调高 JIXIAO_MEMORY_MB。"
    en = "Page {page} needs more than {limit} MB of memory. Scan it at a lower resolution, or raise JIXIAO_MEMORY_MB."


class PageCrash(PageError):
    code = "page_crash"
    zh = "读取第 {page} 页时解析程序崩溃（{reason}），已跳过这一页。请把这一页打印后重新扫描。"
    en = "The parser crashed on page {page} ({reason}); the page was skipped. Print and scan it."


class PageSkipped(PageError):
    code = "page_skipped"
    zh = "已有 {failures} 页使解析程序失败，第 {page} 页及以后未读。请修复文件，或用 --pages 只读需要的页。"
    en = (
        "{failures} pages made the parser fail, so page {page} was not read. "
        "Mend the file, or choose pages with --pages."
    )


class ConfigurationError(JixiaoError):
    """The installation or its settings are not in order; the file may be fine."""

    code = "configuration"
    http_status = 503
    retryable = True
    zh = "设置有误：{reason}。"
    en = "A setting is wrong: {reason}."


class ModelsMissing(ConfigurationError):
    code = "models_missing"
    zh = "找不到识别模型 {name}。请重新安装（pip install --force-reinstall {package}），再运行 jixiao doctor 检查。"
    en = (
        "The model {name} is missing. Install it again (pip install --force-reinstall {package}), "
        "then run jixiao doctor."
    )


class InternalError(JixiaoError):
    """A defect of the program. Never raised for bad input."""

    code = "internal_error"
    retryable = True
    zh = "程序内部错误（{reason}）。请把这条信息和文件一起发给维护者。"
    en = "A defect of the program ({reason}). Please send this line and the file to the maintainers."


def catalogue() -> list[type[JixiaoError]]:
    """Every error class, in the order of this file."""

    def below(kind: type[JixiaoError]) -> list[type[JixiaoError]]:
        return [kind, *(k for child in kind.__subclasses__() for k in below(child))]

    return below(JixiaoError)[1:]
