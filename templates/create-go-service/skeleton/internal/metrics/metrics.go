// Package metrics counts and times what the service does, for Prometheus.
package metrics

import (
	"net/http"
	"runtime"
	"strconv"
	"time"

	grpcprom "github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Upper bounds of the latency histograms, in seconds.
var buckets = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10}

// Metrics holds the figures of one process.
type Metrics struct {
	// GRPC counts and times calls; its interceptors belong in the gRPC server.
	GRPC *grpcprom.ServerMetrics

	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
}

// New starts at zero. The version is shown as a label of build_info.
func New(version string) *Metrics {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	factory := promauto.With(registry)
	factory.NewGauge(prometheus.GaugeOpts{
		Name:        "build_info",
		Help:        "The version that runs.",
		ConstLabels: prometheus.Labels{"version": version, "goversion": runtime.Version()},
	}).Set(1)
	m := &Metrics{
		GRPC: grpcprom.NewServerMetrics(grpcprom.WithServerHandlingTimeHistogram(
			grpcprom.WithHistogramBuckets(buckets),
		)),
		registry: registry,
		requests: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total",
			Help: "Requests that were answered.",
		}, []string{"method", "route", "code"}),
		duration: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_request_duration_seconds",
			Help:    "How long requests took.",
			Buckets: buckets,
		}, []string{"method", "route", "code"}),
	}
	registry.MustRegister(m.GRPC)
	return m
}

// ObserveRequest records one answered request. The route is a pattern, not a
// path, so that the number of series stays small.
func (m *Metrics) ObserveRequest(method, route string, code int, took time.Duration) {
	labels := prometheus.Labels{"method": method, "route": route, "code": strconv.Itoa(code)}
	m.requests.With(labels).Inc()
	m.duration.With(labels).Observe(took.Seconds())
}

// Handler writes all figures.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
