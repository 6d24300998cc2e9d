"""What can go wrong with a job, besides what can go wrong with its file."""

from __future__ import annotations

from service.errors import InputError, JixiaoError


class DocumentTimeout(JixiaoError):
    code = "document_timeout"
    http_status = 422
    zh = "文件在 {seconds} 秒内没有处理完。请拆分文件，或由管理员调高 JIXIAO_DOCUMENT_SECONDS。"
    en = "The document was not done within {seconds} s. Split it, or raise JIXIAO_DOCUMENT_SECONDS."


class DocumentAbandoned(JixiaoError):
    """The workers that took the document died of it, or happened to."""

    code = "document_abandoned"
    retryable = True
    zh = "处理程序 {starts} 次中断，没有读出任何新的页，已停止处理。请稍后重试；若再次失败，请把文件发给维护者。"
    en = (
        "The worker died {starts} times without reading another page, so the document was given up. Try again later; "
        "if it fails again, send the file to the maintainers."
    )


class AssemblyFailed(JixiaoError):
    """The pages were read, but no report could be made of them."""

    code = "assembly_failed"
    zh = "各页已读出，但未能汇总成报告（{reason}）。请拆分文件后重试，或把文件发给维护者。"
    en = "The pages were read, but could not be put together ({reason}). Split the file, or send it to the maintainers."


class NotFinished(InputError):
    code = "not_finished"
    http_status = 409
    zh = "文件还在处理中（{status}）。请等处理完成，或先取消。"
    en = "The document is still {status}. Wait until it is done, or cancel it first."


class CallbackRefused(InputError):
    code = "callback_refused"
    zh = "回调地址 {url} 不被允许（{reason}）。请由管理员在 JIXIAO_WEBHOOK_HOSTS 中加入该主机。"
    en = "Calls to {url} are not allowed ({reason}). The administrator may add its host to JIXIAO_WEBHOOK_HOSTS."
