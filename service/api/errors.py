"""What the service answers besides the errors of reading: who one is, what one may, what there is."""

from __future__ import annotations

from service.errors import JixiaoError


class RequestError(JixiaoError):
    """The request cannot be served as it is."""

    code = "request_refused"
    http_status = 400
    zh = "请求无法处理。"
    en = "The request cannot be served."


class InvalidRequest(RequestError):
    code = "invalid_request"
    http_status = 422
    zh = "请求内容有误（{reason}）。请按接口说明（/docs）改正后重试。"
    en = "The request is not valid ({reason}). Correct it by the documentation at /docs."


class MalformedRequest(RequestError):
    code = "malformed_request"
    zh = "请求无法解析（{reason}）。请检查请求头 Content-Type 和请求体的格式。"
    en = "The request cannot be parsed ({reason}). Check its Content-Type and the form of its body."


class LoginNeeded(RequestError):
    code = "login_needed"
    http_status = 401
    zh = (
        "需要登录。请在网页登录，或在请求头中提供密钥：Authorization: Bearer jx_…"
        "（由管理员用 jixiao keys create 生成）。"
    )
    en = (
        "You are not logged in. Log in, or send a key: Authorization: Bearer jx_… "
        "(an administrator makes one with jixiao keys create)."
    )


class KeyRefused(RequestError):
    code = "key_refused"
    http_status = 401
    zh = "密钥无效或已吊销。请向管理员索取新的密钥。"
    en = "The key is unknown or revoked. Ask an administrator for a new one."


class LoginRefused(RequestError):
    code = "login_refused"
    http_status = 401
    zh = "用户名或密码不正确。请核对后重试；忘记密码请联系管理员重设。"
    en = "Name or password is wrong. Check them; an administrator can set a new password."


class NotAllowed(RequestError):
    code = "not_allowed"
    http_status = 403
    zh = "当前身份没有“{scope}”权限。请联系管理员授权，或换用有权限的账号或密钥。"
    en = "You lack the right {scope!r}. Ask an administrator for it, or use an account or a key that has it."


class CsrfRefused(RequestError):
    code = "csrf_refused"
    http_status = 403
    zh = "页面已过期，操作没有执行。请刷新页面后重试。"
    en = "The page is out of date (CSRF token missing or wrong); nothing was done. Reload it and try again."


class HostRefused(RequestError):
    code = "host_refused"
    http_status = 403
    zh = (
        "服务正以免登录方式运行，只接受本机（127.0.0.1、localhost）访问。"
        "请先用 jixiao users create 或 jixiao keys create 建立账号，再对外提供。"
    )
    en = (
        "The service runs without accounts and answers only to 127.0.0.1 and localhost. "
        "Make an account with jixiao users create or jixiao keys create before serving others."
    )


class NoSuchAddress(RequestError):
    code = "no_such_address"
    http_status = 404
    zh = "没有这个地址。请对照接口说明（/docs）检查网址。"
    en = "There is nothing at this address. Check it against the documentation at /docs."


class NoSuchMethod(RequestError):
    """`allowed` lists the methods that the address takes."""

    code = "no_such_method"
    http_status = 405
    zh = "这个地址不支持该请求方法。请对照接口说明（/docs）检查。"
    en = "This address does not take that method. Check it against the documentation at /docs."


class NotReady(RequestError):
    """`status`, `pages_done` and `page_count` say how far the document is."""

    code = "not_ready"
    http_status = 409
    retryable = True
    zh = (
        "文件还在处理中（已完成 {pages_done} / {page_count} 页）。"
        "请稍后再取，或订阅进度：GET /v1/documents/{id}/events。"
    )
    en = "The document is being read ({pages_done} of {page_count} pages). Come back, or follow …/{id}/events."


class EndedWithoutReport(RequestError):
    """Reading failed or was cancelled."""

    code = "ended_without_report"
    http_status = 409
    zh = "这份文件没有结果（{reason}）。请按提示处理原文件后重新上传，或以 reprocess=true 重新处理。"
    en = "The document has no report ({reason}). Mend the file and upload it again, or ask for reprocess=true."


class TooManyFiles(RequestError):
    code = "too_many_files"
    http_status = 413
    zh = "一次上传了 {files} 个文件，上限为 {limit} 个。请分批上传。"
    en = "{files} files in one request are more than the limit of {limit}. Upload them in several requests."


class TooLongForOneCall(RequestError):
    code = "too_long_for_one_call"
    http_status = 413
    zh = "文件有 {pages} 页，直接提取的上限为 {limit} 页。请改用 POST /v1/documents 上传，完成后再取结果。"
    en = "{pages} pages are more than the {limit} that one call reads. Upload to POST /v1/documents instead."


class TooFast(RequestError):
    """`seconds` is when the next request will be served."""

    code = "too_fast"
    http_status = 429
    retryable = True
    zh = "请求过于频繁。请在 {seconds} 秒后重试。"
    en = "Too many requests. Try again in {seconds} s."


class Busy(RequestError):
    code = "busy"
    http_status = 503
    retryable = True
    zh = "服务繁忙，暂时不能直接提取。请稍后重试，或改用 POST /v1/documents 上传。"
    en = "All reading processes are busy. Try again later, or upload to POST /v1/documents."


class Stopping(RequestError):
    code = "stopping"
    http_status = 503
    retryable = True
    zh = "服务正在停止，请求没有处理完。请稍后重试。"
    en = "The service is being stopped, so the request was not finished. Try again later."


class PatchRefused(RequestError):
    code = "patch_refused"
    http_status = 409
    zh = "修改没有执行（{reason}）：报告与补丁所依据的不一致。请重新取得报告后再改。"
    en = "Nothing was changed ({reason}): the report is not as the patch expects. Fetch it again."


class ReportChanged(RequestError):
    code = "report_changed"
    http_status = 412
    zh = "修改没有执行：报告在此期间已被他人修改。请刷新后核对再改。"
    en = "Nothing was changed: someone else has changed the report meanwhile. Fetch it again and compare."


class Unavailable(RequestError):
    code = "unavailable"
    http_status = 503
    retryable = True
    zh = "数据库暂时无法使用。请稍后重试；若持续出现，请联系管理员查看服务日志。"
    en = "The database cannot be used at the moment. Try again later; if it lasts, ask an administrator for the logs."


class NoSuchPage(RequestError):
    code = "no_such_page"
    http_status = 404
    zh = "没有第 {page} 页：文件共 {pages} 页。请改正页码。"
    en = "There is no page {page}: the document has {pages}. Correct the number."


class NothingToCancel(RequestError):
    code = "nothing_to_cancel"
    http_status = 409
    zh = "文件已处理结束（状态：{status}），不能取消。请刷新页面查看现状。"
    en = "The document has ended already (status {status}). Reload to see how."
