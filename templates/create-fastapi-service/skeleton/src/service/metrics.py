"""Figures for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector


class Metrics:
    """What the service counts and times. One registry for each application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.requests = Counter(
            "http_requests_total",
            "Requests answered, by method, route and status",
            ["method", "route", "code"],
            registry=self.registry,
        )
        self.duration = Histogram(
            "http_request_duration_seconds",
            "How long requests took, by method, route and status",
            ["method", "route", "code"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self.registry,
        )
        self.predictions = Histogram(
            "prediction_duration_seconds",
            "How long the model took, without waiting for its turn",
            buckets=(0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5),
            registry=self.registry,
        )
        self.batch_size = Histogram(
            "prediction_batch_size",
            "Instances in a request",
            buckets=(1, 2, 5, 10, 20, 50, 100),
            registry=self.registry,
        )
        self.waiting = Gauge(
            "predictions_waiting",
            "Requests that wait for their turn",
            registry=self.registry,
        )
        self.model = Gauge(
            "model_info",
            "The model that is loaded; always 1",
            ["version", "digest"],
            registry=self.registry,
        )
