//! Figures for Prometheus: how many requests were answered, and how long that
//! took.

use std::{sync::Arc, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, histogram::Histogram, info::Info},
    registry::Registry,
};

/// The media type of [`Metrics::encode`].
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the latency histogram, in seconds.
const BUCKETS: [f64; 11] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// What one series is about. The route is a pattern, not a path, so that the
/// number of series stays small.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Labels {
    pub method: String,
    pub route: String,
    pub code: u32,
}

/// The figures of the requests that were answered. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    registry: Arc<Registry>,
    requests: Family<Labels, Counter>,
    durations: Family<Labels, Histogram>,
}

impl Metrics {
    /// Starts at zero. The version is shown as a label of `build_info`.
    pub(crate) fn new(version: &str) -> Self {
        let requests = Family::<Labels, Counter>::default();
        let durations =
            Family::<Labels, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        let mut registry = Registry::default();
        registry.register(
            "build",
            "The version that runs",
            Info::new(vec![("version", version.to_owned())]),
        );
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register(
            "http_request_duration_seconds",
            "How long requests took",
            durations.clone(),
        );
        Self {
            registry: Arc::new(registry),
            requests,
            durations,
        }
    }

    /// Records one answered request.
    pub(crate) fn observe(&self, labels: &Labels, took: Duration) {
        self.requests.get_or_create(labels).inc();
        self.durations
            .get_or_create(labels)
            .observe(took.as_secs_f64());
    }

    /// All figures, in the text format of OpenMetrics.
    pub(crate) fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(code: u32) -> Labels {
        Labels {
            method: "GET".to_owned(),
            route: "/a".to_owned(),
            code,
        }
    }

    #[test]
    fn counts_requests_in_cumulative_buckets() {
        let metrics = Metrics::new("1.2.3");
        metrics.observe(&labels(200), Duration::from_millis(4));
        metrics.observe(&labels(200), Duration::from_millis(30));
        metrics.observe(&labels(200), Duration::from_secs(60));
        metrics.observe(&labels(500), Duration::from_millis(1));

        let text = metrics.encode().unwrap();

        for line in [
            r#"build_info{version="1.2.3"} 1"#,
            r#"http_requests_total{method="GET",route="/a",code="200"} 3"#,
            r#"http_requests_total{method="GET",route="/a",code="500"} 1"#,
            r#"http_request_duration_seconds_bucket{le="0.005",method="GET",route="/a",code="200"} 1"#,
            r#"http_request_duration_seconds_bucket{le="0.05",method="GET",route="/a",code="200"} 2"#,
            r#"http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/a",code="200"} 3"#,
            r#"http_request_duration_seconds_count{method="GET",route="/a",code="200"} 3"#,
        ] {
            assert!(text.contains(line), "no {line} in\n{text}");
        }
    }
}
