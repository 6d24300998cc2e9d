#!/bin/sh
# The samples are rendered by WeasyPrint, which needs Pango from the system; fonts come with the test packages.
set -eu
packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 libgl1 libglib2.0-0"
python=${PYTHON:-.venv/bin/python}
if "$python" -c 'import weasyprint, cv2' 2>/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing $packages"
    apt-get update -qq
    # shellcheck disable=SC2086 # several packages
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
else
    echo "The tests need system libraries. On Debian or Ubuntu: sudo apt-get install $packages" >&2
    "$python" -c 'import weasyprint, cv2' 2>&1 | tail -n 1 >&2
    exit 1
fi
