# docker build -t jixiao . && docker run --rm -v "$PWD:/files" jixiao extract report.pdf --out reports/
# The service: compose.yaml
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/jixiao
COPY requirements.lock ./
RUN /opt/jixiao/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY annotations ./annotations
COPY models ./models
COPY service ./service
COPY training ./training
RUN /opt/jixiao/bin/pip install --no-cache-dir --no-deps .

FROM python:3.11-slim-bookworm
# OpenCV is linked against OpenGL and GLib, though no window is ever opened.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgl1 libglib2.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 jixiao \
    && install -d -o jixiao -g jixiao /data
COPY --from=build /opt/jixiao /opt/jixiao
ENV PATH=/opt/jixiao/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    JIXIAO_DATA=/data
USER 10001
WORKDIR /files
ENTRYPOINT ["jixiao"]
CMD ["--help"]
